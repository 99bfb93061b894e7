import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { callScript } from './call-script.ts';
import type { Engine } from './calls/engine.ts';
import { placeCall } from './calls/place-call.ts';
import { createFaults } from './deepgram/faults.ts';
import { AUDIO_BYTES_MAX } from './deepgram/listen.ts';
import { createRequestLog } from './deepgram/request-log.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { serve } from './serve.ts';
import type { SimulatorControls } from './simulator-controls.ts';
import { createSpeech } from './speech/speech.ts';
import { openAccountState } from './twilio/account-state.ts';
import { sendWebhook } from './twilio/send-webhook.ts';

export type { CallScript } from './call-script.ts';
export type { Delivery } from './calls/deliveries.ts';
export type { PlacedCall } from './calls/placed-call.ts';
export type { ListenRequest } from './deepgram/request-log.ts';
export type { CallState, RecordingState } from './twilio/account-state.ts';

export interface SimulatorOptions {
  accountSid: string;
  authToken: string;
  /** Where the application (ingest) is reached; a function where it is known later than the simulator starts. */
  publicBaseUrl: string | (() => string);
  /** Calls and recordings; absent means a temporary folder that goes with the simulator. */
  dataDir?: string | undefined;
  /** Spoken sentences; absent means a folder in the data folder. */
  speechCacheDir?: string | undefined;
  /** 0 lets the operating system choose. */
  port?: number;
  hostname?: string;
  /** Where this simulator is reached from outside, for `RecordingUrl` and `media_url`; absent means its own address. */
  apiUrl?: string | undefined;
  /** API keys (SK…) with their secrets. */
  apiKeys?: Readonly<Record<string, string>>;
  /** The only Deepgram key that is let in; absent means any. */
  deepgramApiKey?: string | undefined;
  /** Connection overrides of the callbacks that the "user" configured, such as `rc=5&rp=all`. */
  connectionOverrides?: string | undefined;
  /** Seconds of a call that pass in one second. */
  speed?: number;
  audioBytesMax?: number;
  now?: () => Date;
}

export interface Simulator extends SimulatorControls {
  /** Twilio's REST API is at `${url}/2010-04-01/Accounts/…`, Deepgram's at `${url}/v1/listen`, the control API at `${url}/simulator/…`. */
  url: string;
  stop(): Promise<void>;
}

/** As fast as is comfortable to watch: a call of 20 s takes 0.4 s. */
const DEFAULT_SPEED = 50;

/**
 * Starts look-alikes of Twilio and Deepgram on one port.
 * @throws Error (EADDRINUSE) when the port is taken, (EACCES, …) when the data folder cannot be written
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { accountSid, authToken, now = () => new Date(), dataDir } = options;
  const folder = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'onrecord-simulator-')) : resolve(dataDir);
  const state = await openAccountState(folder);
  const speech = createSpeech(resolve(options.speechCacheDir ?? join(folder, 'speech')));
  const stopping = new AbortController();
  const deliveries = createDeliveryLog();
  const listenLog = createRequestLog();
  const faults = createFaults();
  let ownUrl = '';
  const engine: Engine = {
    accountSid,
    state,
    speech,
    now,
    speed: options.speed ?? DEFAULT_SPEED,
    signal: stopping.signal,
    applicationUrl: (path) => withOverrides(baseUrl(options.publicBaseUrl) + path, options.connectionOverrides),
    apiUrl: () => options.apiUrl?.replace(/\/+$/, '') ?? ownUrl,
    send: (request) => sendWebhook(authToken, request, stopping.signal),
    onDelivery: deliveries.add,
  };
  const controls: SimulatorControls = {
    placeCall: async (script) => placeCall(engine, callScript.parse(script)),
    deliveries: deliveries.all,
    recordings: { list: state.recordings, get: state.recording },
    calls: { list: state.calls, get: state.call },
    deepgram: { requests: listenLog.requests, failNext: faults.failNext },
  };
  const server = await serve({
    port: options.port ?? 0,
    hostname: options.hostname ?? '127.0.0.1',
    rest: { accountSid, authToken, apiKeys: options.apiKeys ?? {}, state, apiUrl: engine.apiUrl, now },
    listen: {
      apiKey: options.deepgramApiKey,
      audioBytesMax: options.audioBytesMax ?? AUDIO_BYTES_MAX,
      faults,
      log: listenLog,
      now,
    },
    controls,
  });
  ownUrl = server.url;
  const stop = async () => {
    stopping.abort(new Error('the simulator was stopped'));
    await Promise.all([server.close(), speech.close()]);
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
  };
  return { ...controls, url: server.url, stop };
}

const baseUrl = (url: SimulatorOptions['publicBaseUrl']) =>
  (typeof url === 'function' ? url() : url).replace(/\/+$/, '');

const withOverrides = (url: string, overrides: string | undefined) => (overrides ? `${url}#${overrides}` : url);
