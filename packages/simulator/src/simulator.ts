import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { callScript } from './call-script.ts';
import { createCallbackFaults } from './calls/callback-faults.ts';
import type { Engine } from './calls/engine.ts';
import { placeCall } from './calls/place-call.ts';
import { createFaults } from './deepgram/faults.ts';
import { AUDIO_BYTES_MAX } from './deepgram/listen.ts';
import { createRequestLog } from './deepgram/request-log.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { serve } from './serve.ts';
import type { SimulatorControls } from './simulator-controls.ts';
import type { SimulatorOptions } from './simulator-options.ts';
import { createSpeech } from './speech/speech.ts';
import { createAccountSetup } from './twilio/account-setup.ts';
import { openAccountState } from './twilio/account-state.ts';
import { createMessageFaults } from './twilio/message-faults.ts';
import type { WebhookRequest } from './twilio/prepare-webhook.ts';
import { createRestFaults } from './twilio/rest-faults.ts';
import { sendWebhook } from './twilio/send-webhook.ts';

export type { CallScript } from './call-script.ts';
export type { CallbackFaults } from './calls/callback-faults.ts';
export type { PlacedCall } from './calls/placed-call.ts';
export type { ListenRequest } from './deepgram/request-log.ts';
export type { SimulatorOptions } from './simulator-options.ts';
export type { CallState, RecordingState } from './twilio/account-state.ts';
export type { MessageState } from './twilio/message-state.ts';
export type { ListDelay, RestFailure } from './twilio/rest-faults.ts';

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
  const callbackFaults = createCallbackFaults();
  const restFaults = createRestFaults();
  const setup = createAccountSetup();
  const messageFaults = createMessageFaults();
  const underway = new Set<Promise<unknown>>();
  let ownUrl = '';
  const engine: Engine = {
    accountSid,
    state,
    speech,
    now,
    speed: options.speed ?? DEFAULT_SPEED,
    signal: stopping.signal,
    applicationUrl: (path) => baseUrl(options.publicBaseUrl) + path,
    apiUrl: () => options.apiUrl?.replace(/\/+$/, '') ?? ownUrl,
    send: (request) => sendWebhook(authToken, withOverrides(request, options.connectionOverrides), stopping.signal),
    copies: callbackFaults.copies,
    onDelivery: (delivery) => {
      deliveries.add(delivery);
      options.onDelivery?.(delivery);
    },
  };
  const controls: SimulatorControls = {
    placeCall: async (script) => {
      const placing = placeCall(engine, callScript.parse(script));
      underway.add(placing);
      return placing.finally(() => underway.delete(placing));
    },
    deliveries: deliveries.all,
    recordings: { list: state.recordings, get: state.recording },
    calls: { list: state.calls, get: state.call },
    spoilCallbacks: callbackFaults.set,
    failRest: restFaults.failNext,
    delayLists: restFaults.delayLists,
    setUpAccount: setup.set,
    messages: { list: state.messages, ...messageFaults },
    deepgram: { requests: listenLog.requests, failNext: faults.failNext },
  };
  const clear = async () => {
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
  };
  const server = await serve({
    port: options.port ?? 0,
    hostname: options.hostname ?? '127.0.0.1',
    rest: {
      accountSid,
      authToken,
      apiKeys: options.apiKeys ?? {},
      state,
      apiUrl: engine.apiUrl,
      now,
      faults: restFaults,
      messageFaults,
      setup,
    },
    listen: {
      apiKey: options.deepgramApiKey,
      audioBytesMax: options.audioBytesMax ?? AUDIO_BYTES_MAX,
      faults,
      log: listenLog,
      now,
    },
    controls,
  }).catch((error) => clear().then(() => Promise.reject(error)));
  ownUrl = server.url;
  const stop = async () => {
    stopping.abort(new Error('the simulator was stopped'));
    await Promise.allSettled([server.close(), speech.close(), ...underway]);
    await clear();
  };
  return { ...controls, url: server.url, stop };
}

const baseUrl = (url: SimulatorOptions['publicBaseUrl']) =>
  (typeof url === 'function' ? url() : url).replace(/\/+$/, '');

const withOverrides = (request: WebhookRequest, overrides: string | undefined): WebhookRequest =>
  overrides === undefined || request.url.includes('#') ? request : { ...request, url: `${request.url}#${overrides}` };
