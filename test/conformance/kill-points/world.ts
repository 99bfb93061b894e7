import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type OnrecordEvent, recordingFolder } from '@onrecord/shared/events';
import { vi } from 'vitest';
import { cleared } from '../../../services/transcriber/src/testing/pipeline.ts';
import { ServiceProcess } from '../../end-to-end/service-process.ts';
import { freePorts } from '../../servers/free-ports.ts';
import { type OwnLog, openOwnLog } from '../transcriber-process/own-log.ts';
import { startHttpWire, type Wire } from './http-wire.ts';
import { KillSwitch } from './kill-switch.ts';
import { startLogWire } from './log-wire.ts';
import type { Surroundings } from './surroundings.ts';

/** S3's smallest, so that an upload of several parts is a short one. */
const PART_BYTES = 5 * 1024 * 1024;
/** A killed member is missed after three seconds, and a start takes one or two; on a busy machine more. */
const WAIT = { timeout: 60_000, interval: 50 };

/** What became of one recording that the process was killed over. */
export interface Relayed {
  folder: string;
  /** What was published about it, in all lives together. */
  events: OnrecordEvent[];
  /** The moments of the life that finished it. */
  moments: readonly string[];
  /** Requests that reached the provider whole, in all lives together. */
  paid: number;
}

/** A transcriber as a process of its own, on an event log of its own, with a wire to each server that it talks to. */
export class World {
  readonly #given: Surroundings;
  readonly #log: OwnLog;
  readonly #killSwitch = new KillSwitch(() => void this.#process?.kill());
  readonly #wires: Wire[] = [];
  #process: ServiceProcess | undefined;
  #decision = 0;
  #callSid = '';

  private constructor(given: Surroundings, log: OwnLog) {
    this.#given = given;
    this.#log = log;
  }

  static async start(given: Surroundings): Promise<World> {
    const world = new World(given, await openOwnLog(given.postgresUrl));
    await world.#startProcess();
    return world;
  }

  /**
   * Has the recording archived and transcribed once more, as one of another call, and kills the process at these moments, one a life.
   * @param whileDead looks at what a killed process left, before the next one starts
   */
  async relay(kills: readonly string[], whileDead: (folder: string) => Promise<void>): Promise<Relayed> {
    const { event, folder } = this.#nextClearance();
    let paid = 0;
    const begin = (kill: string | undefined) => {
      paid += this.#killSwitch.seen.filter((moment) => moment.startsWith('provider: listen: done')).length;
      return this.#killSwitch.begin(kill);
    };
    this.#killSwitch.seen = [];
    let killed = begin(kills[0]);
    await this.#log.publish(event);
    for (const [index, kill] of kills.entries()) {
      await Promise.race([killed, this.#complainLater(kill)]);
      await this.#process?.kill();
      await whileDead(folder);
      killed = begin(kills[index + 1]);
      await this.#process?.start();
    }
    // The database shows what is committed before the process has its answer; a killed one may have committed already.
    const isCommit = (moment: string) => moment.startsWith('log: commit');
    const isTold = () =>
      kills.some(isCommit) || this.#killSwitch.seen.some((moment) => moment.includes('commit: done'));
    const isOver = async () => this.#events().some(isLast) && isTold() && (await this.#log.isCommitted());
    await vi.waitUntil(isOver, WAIT);
    const moments = [...this.#killSwitch.seen];
    begin(undefined);
    return { folder, events: this.#events(), moments, paid };
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    for (const wire of this.#wires) await wire.stop();
    await this.#log.close();
  }

  #events = () => this.#log.eventsOf(this.#callSid);

  #nextClearance() {
    const { accountSid, channels, duration, sid, startTime: startedAt } = this.#given.recording;
    this.#decision += 1;
    this.#callSid = `CA${randomBytes(16).toString('hex')}`;
    const place = { accountSid, recordingSid: sid, callSid: this.#callSid };
    const recording = { channels, durationSeconds: duration ?? 0, startedAt };
    const event = cleared({ ...place, decision: this.#decision, recording });
    return { event, folder: recordingFolder({ ...place, startedAt }) };
  }

  async #complainLater(kill: string): Promise<never> {
    await sleep(WAIT.timeout, undefined, { ref: false });
    throw new Error(`it was never at "${kill}", but at:\n${this.#killSwitch.seen.join('\n')}\n${this.#process?.log()}`);
  }

  async #startProcess(): Promise<void> {
    const { seaweedfs, simulator } = this.#given;
    const { hostname: host, port } = new URL(this.#log.url);
    const log = await startLogWire({ host, port: Number(port) }, this.#killSwitch);
    const store = await startHttpWire(seaweedfs.endpoint, (request) => this.#storeName(request), this.#killSwitch);
    const twilio = await startHttpWire(simulator.url, twilioName, this.#killSwitch);
    const provider = await startHttpWire(simulator.url, () => 'provider: listen', this.#killSwitch);
    this.#wires.push(log, store, twilio, provider);
    const [metricsPort = 0] = await freePorts(1);
    const environment = {
      ...this.#settings({ log, store, twilio, provider }),
      METRICS_PORT: String(metricsPort),
      LISTEN_HOST: '127.0.0.1',
      NODE_COMPILE_CACHE: this.#given.compileCache,
    };
    this.#process = new ServiceProcess('services/transcriber', environment, `http://127.0.0.1:${metricsPort}/readyz`);
    await this.#process.start();
  }

  #settings(wires: Record<'log' | 'store' | 'twilio' | 'provider', Wire>): Record<string, string> {
    const { authToken, bucket, recording, seaweedfs } = this.#given;
    const at = ({ port }: Wire) => `http://127.0.0.1:${port}`;
    const log = new URL(this.#log.url);
    log.port = String(wires.log.port);
    return {
      EVENTS_URL: log.href,
      EVENTS_PARTITIONS: '1',
      RECORDINGS_BUCKET: `s3://${bucket}`,
      S3_ENDPOINT: at(wires.store),
      S3_REGION: seaweedfs.region,
      S3_FORCE_PATH_STYLE: 'true',
      S3_PART_BYTES: String(PART_BYTES),
      AWS_ACCESS_KEY_ID: seaweedfs.accessKeyId,
      AWS_SECRET_ACCESS_KEY: seaweedfs.secretAccessKey,
      TWILIO_ACCOUNT_SID: recording.accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_URL: at(wires.twilio),
      TRANSCRIPTION_PROVIDER: 'simulator',
      TRANSCRIPTION_URL: at(wires.provider),
      // Asked at the beginning alone: what a clock asks for is a moment of slow lives only.
      WITHDRAWAL_CHECK_INTERVAL: '10m',
    };
  }

  /** Requests about the recording that is on its way; those about others, and the probes of `/readyz`, are none of its moments. */
  #storeName({ method, url = '' }: IncomingMessage): string | undefined {
    const { pathname, searchParams } = new URL(url, 'http://store');
    if (pathname.endsWith(`/withdrawn/${this.#given.recording.sid}/${this.#decision}.json`)) {
      return `store: ${method} withdrawal`;
    }
    if (!pathname.includes(this.#callSid)) return undefined;
    const name = pathname.split('/').at(-1);
    const part = searchParams.get('partNumber');
    const ofUpload = part === null ? 'completion of upload' : `part ${part}`;
    const step = searchParams.has('uploads') ? 'start of upload' : searchParams.has('uploadId') && ofUpload;
    return `store: ${method} ${name}${step ? `, ${step}` : ''}`;
  }
}

const twilioName = ({ method, url = '' }: IncomingMessage) =>
  `twilio: ${method} ${new URL(url, 'http://twilio').pathname.endsWith('.json') ? 'resource' : 'media'}`;

const isLast = ({ type }: OnrecordEvent) => type.startsWith('onrecord.transcript.') || type.endsWith('failed.v1');
