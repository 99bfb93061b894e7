import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cached } from './cache-folder.ts';
import { freePorts } from './free-ports.ts';
import { startOnFreePorts, startServerProcess } from './server-process.ts';
import { ServerUnavailableError } from './unavailable.ts';

const VERSION = '4.3.0';
const LOG4J_VERSION = '2.25.4';
const FETCH_TIMEOUT_MS = 300_000;
const FORMAT_TIMEOUT_MS = 60_000;
/** 3 s on an idle machine. */
const READY_TIMEOUT_MS = 120_000;

const run = promisify(execFile);

export interface KafkaOptions {
  /** Lines of `server.properties` on top of ours. */
  properties?: readonly string[];
  /** Users of SCRAM, as `StorageTool format --add-scram` takes them. */
  scramUsers?: readonly string[];
  /** Where an earlier broker left its data and its port; the folder stays when the broker stops. */
  resume?: KafkaPlace;
  /** Where it listens; free ports without it. */
  ports?: { port: number; controllerPort: number };
  /** What the listener for clients speaks, as `listener.security.protocol.map` has it. */
  protocol?: 'PLAINTEXT' | 'SASL_PLAINTEXT' | 'SASL_SSL' | 'SSL';
}

interface KafkaPlace {
  folder: string;
  port: number;
  controllerPort: number;
}

/** An Apache Kafka broker that is its own controller, on the loopback address. */
export interface Kafka {
  url: string;
  place: KafkaPlace;
  /** Kills the broker, as a crash does, and leaves its data for `resume`. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws ServerUnavailableError when Java 17 or Maven, or what they fetch, cannot be had */
export async function startKafka(options: KafkaOptions = {}): Promise<Kafka> {
  const libraries = await fetchKafka();
  const start = () => startBroker(libraries, options);
  return options.resume || options.ports ? start() : startOnFreePorts(start);
}

async function startBroker(libraries: string, options: KafkaOptions): Promise<Kafka> {
  const place = options.resume ?? (await createPlace(options));
  if (!options.resume) await formatStorage(libraries, place, options);
  const { folder, port } = place;
  const server = await startServerProcess({
    name: 'Kafka',
    command: 'java',
    args: [
      ...JVM,
      ...classPath(libraries),
      `-Dlog4j2.configurationFile=${log4jFile(folder)}`,
      'kafka.Kafka',
      propertiesFile(folder),
    ],
    logFile: join(folder, 'kafka.log'),
    cwd: folder,
    isReady: () => accepts(port),
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const kill = async () => {
    await server.stop();
    // The process is gone a moment after its group was killed.
    while (await accepts(port)) await sleep(20);
  };
  const stop = async () => {
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `kafka://127.0.0.1:${port}`, place, kill, stop };
}

const JVM = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const classPath = (libraries: string) => ['-cp', join(libraries, '*')];
const propertiesFile = (folder: string) => join(folder, 'server.properties');
const log4jFile = (folder: string) => join(folder, 'log4j2.properties');

async function createPlace({ ports }: KafkaOptions): Promise<KafkaPlace> {
  const [port = 0, controllerPort = 0] = await freePorts(2);
  return { folder: await mkdtemp(join(tmpdir(), 'onrecord-kafka-')), port, controllerPort, ...ports };
}

async function formatStorage(libraries: string, place: KafkaPlace, options: KafkaOptions): Promise<void> {
  const { folder } = place;
  await writeFile(log4jFile(folder), LOG4J);
  await writeFile(propertiesFile(folder), serverProperties(place, options));
  const users = (options.scramUsers ?? []).flatMap((user) => ['--add-scram', user]);
  const args = [
    ...classPath(libraries),
    `-Dlog4j2.configurationFile=${log4jFile(folder)}`,
    'kafka.tools.StorageTool',
    ...['format', '-t', 'MkU3OEVBNTcwNTJENDM2Qg', '-c', propertiesFile(folder), ...users],
  ];
  await run('java', [...JVM, ...args], { timeout: FORMAT_TIMEOUT_MS });
}

const LOG4J = `rootLogger.level=WARN
rootLogger.appenderRef.out.ref=OUT
appender.out.type=Console
appender.out.name=OUT
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1}: %m%n
`;

/** Short sessions are allowed, so that tests see a dead member replaced without waiting for long. */
const serverProperties = (
  { folder, port, controllerPort }: KafkaPlace,
  { protocol = 'PLAINTEXT', properties = [] }: KafkaOptions,
) =>
  [
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=CLIENTS://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=CLIENTS://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    `listener.security.protocol.map=CLIENTS:${protocol},CONTROLLER:PLAINTEXT`,
    'inter.broker.listener.name=CLIENTS',
    `log.dirs=${join(folder, 'data')}`,
    'auto.create.topics.enable=false',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=4',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    'group.min.session.timeout.ms=1000',
    ...properties,
    '',
  ].join('\n');

const accepts = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** The folder with Kafka's jars. */
async function fetchKafka(): Promise<string> {
  await checkJava();
  const announcement = `Apache Kafka ${VERSION} (from Maven Central, 44 MB)`;
  return cached(`kafka-${VERSION}-log4j-${LOG4J_VERSION}`, announcement, async (folder) => {
    const pom = join(folder, 'pom.xml');
    await writeFile(pom, POM);
    const args = ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${folder}`];
    try {
      await run('mvn', args, { timeout: FETCH_TIMEOUT_MS });
    } catch (error) {
      throw new ServerUnavailableError(`Kafka needs Maven and what it fetches: ${describe(error)}`);
    }
    await rm(pom);
  });
}

const JAVA_VERSION_MIN = 17;

async function checkJava(): Promise<void> {
  const { stderr } = await run('java', ['-version']).catch(() => ({ stderr: '' }));
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
  if (version < JAVA_VERSION_MIN) {
    throw new ServerUnavailableError(`Kafka needs Java ${JAVA_VERSION_MIN}; found ${version || 'none'}`);
  }
}

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>onrecord</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka_2.13</artifactId>
      <version>${VERSION}</version>
    </dependency>
    <!-- Without it nothing is logged, not even why a broker does not start. -->
    <dependency>
      <groupId>org.apache.logging.log4j</groupId>
      <artifactId>log4j-slf4j-impl</artifactId>
      <version>${LOG4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

function describe(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message: string };
  return (stderr || stdout || message).trim().split('\n').slice(-3).join(' ');
}
