import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../servers/free-ports.ts';
import { RecordsApi } from './records-api.ts';
import { ServiceProcess } from './service-process.ts';
import { SimulatorControl } from './simulator-control.ts';

/** The settings that choose the adapters. */
export type Backends = Record<'EVENTS_URL' | 'DATABASE_URL' | 'RECORDINGS_BUCKET', string> & Record<string, string>;

export type ServiceName = 'ingest' | 'retention' | 'transcriber';

/** Short periods, so that a test sees what takes an hour and a day otherwise. */
const PERIODS = {
  CONSENT_GRACE_PERIOD: '2s',
  CONFERENCE_SETTLE_PERIOD: '500ms',
  REFUSAL_DELETION_DELAY: '2s',
  SWEEP_INTERVAL: '300ms',
};

/** Each service as its own process on the given adapters, and a simulator beside them. */
export class Installation {
  readonly services: Record<ServiceName, ServiceProcess>;
  readonly simulator: SimulatorControl;
  readonly recordsApi: RecordsApi;
  readonly environment: Record<string, string>;
  readonly #simulatorProcess: ServiceProcess;
  readonly #folder: string;

  private constructor(folder: string, ports: readonly number[], backends: Backends, options: Record<string, string>) {
    const [ingest, retention, simulator, ...metrics] = ports.map(String);
    const simulatorUrl = `http://127.0.0.1:${simulator}`;
    const token = randomBytes(16).toString('hex');
    this.#folder = folder;
    this.environment = {
      ...backends,
      ...PERIODS,
      LOG_LEVEL: 'info',
      TWILIO_ACCOUNT_SID: `AC${randomBytes(16).toString('hex')}`,
      TWILIO_AUTH_TOKEN: randomBytes(16).toString('hex'),
      TWILIO_API_URL: simulatorUrl,
      PUBLIC_BASE_URL: `http://127.0.0.1:${ingest}`,
      VOICE_DIAL_TO: '+14155550142',
      RECORDS_API_TOKEN: token,
      PSEUDONYM_KEY: randomBytes(16).toString('hex'),
      TRANSCRIPTION_PROVIDER: 'simulator',
      TRANSCRIPTION_URL: simulatorUrl,
      EVENTS_PARTITIONS: '4',
      LISTEN_HOST: '127.0.0.1',
      // Ingest may be down for a moment; README.md tells users to ask for all the retries that Twilio offers.
      SIMULATOR_CONNECTION_OVERRIDES: 'rc=5&rp=all&ct=2000&rt=4000',
      ...options,
    };
    const service = (name: string, port: string | undefined, metricsPort: string | undefined, readyPort = port) =>
      new ServiceProcess(
        `services/${name}`,
        { ...this.environment, PORT: port ?? '', METRICS_PORT: metricsPort ?? '' },
        `http://127.0.0.1:${readyPort}/readyz`,
      );
    this.services = {
      ingest: service('ingest', ingest, metrics[0]),
      retention: service('retention', retention, metrics[1]),
      transcriber: service('transcriber', '', metrics[2], metrics[2]),
    };
    this.#simulatorProcess = new ServiceProcess(
      'packages/simulator',
      {
        ...this.environment,
        LOG_LEVEL: 'silent',
        PORT: simulator ?? '',
        SIMULATOR_DATA_DIR: join(folder, 'simulator'),
      },
      `${simulatorUrl}/simulator/calls`,
    );
    this.simulator = new SimulatorControl(simulatorUrl);
    this.recordsApi = new RecordsApi(`http://127.0.0.1:${retention}`, token);
  }

  static async start(backends: Backends, options: Record<string, string> = {}): Promise<Installation> {
    const folder = await mkdtemp(join(tmpdir(), 'onrecord-end-to-end-'));
    const installation = new Installation(folder, await freePorts(6), backends, options);
    const parts = [...Object.values(installation.services), installation.#simulatorProcess];
    try {
      await Promise.all(parts.map((part) => part.start()));
      return installation;
    } catch (error) {
      await installation.stop();
      throw error;
    }
  }

  /**
   * Ends each part as an orchestrator does. Once they were killed, and Kafka kept their partitions for them: the next suite shares their
   * groups, and waited for one session timeout after another until its own time was over.
   */
  async stop(): Promise<void> {
    await Promise.all([...Object.values(this.services), this.#simulatorProcess].map((part) => part.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}
