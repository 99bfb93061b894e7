import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { callScript } from './call-script.ts';
import type { SignedWith } from './calls/callback-faults.ts';
import type { Engine } from './calls/engine.ts';
import { createMessageCallbacks } from './calls/message-callbacks.ts';
import { placeCall } from './calls/place-call.ts';
import { track } from './calls/track.ts';
import { AUDIO_BYTES_MAX } from './deepgram/listen.ts';
import { createRequestLog } from './deepgram/request-log.ts';
import { createDeliveryLog } from './delivery-log.ts';
import { createFaultOrders } from './fault-orders.ts';
import { serve } from './serve.ts';
import type { SimulatorControls } from './simulator-controls.ts';
import type { SimulatorOptions } from './simulator-options.ts';
import { createSpeech } from './speech/speech.ts';
import { createAccountSetup } from './twilio/account-setup.ts';
import { openAccountState } from './twilio/account-state.ts';
import type { WebhookRequest } from './twilio/prepare-webhook.ts';
import { sendWebhook } from './twilio/send-webhook.ts';

export type { CallScript } from './call-script.ts';
export type { CallbackFaults } from './calls/callback-faults.ts';
export type { PlacedCall } from './calls/placed-call.ts';
export type { ListenRequest } from './deepgram/request-log.ts';
export type { DeliveryPage } from './delivery-log.ts';
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
  const orders = createFaultOrders({ hasNextToken: options.nextAuthToken !== undefined });
  const setup = createAccountSetup();
  const underway = new Set<Promise<unknown>>();
  const tokens = signingTokens(options);
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
    recordingEncryption: () => setup.get().recordingEncryption,
    send: (request, signedWith) =>
      sendWebhook(tokens[signedWith], withOverrides(request, options.connectionOverrides), stopping.signal),
    fate: orders.callbacks.fate,
    onDelivery: (delivery) => {
      deliveries.add(delivery);
      options.onDelivery?.(delivery);
    },
  };
  const controls: SimulatorControls = {
    placeCall: async (script) => track(underway, placeCall(engine, callScript.parse(script))),
    deliveries: deliveries.all,
    findDeliveries: deliveries.page,
    recordings: { list: state.recordings, get: state.recording },
    calls: { list: state.calls, get: state.call },
    setUpAccount: setup.set,
    ...orders.controls,
    messages: { list: state.messages, ...orders.messageControls },
    deepgram: { requests: listenLog.requests, ...orders.deepgramControls },
  };
  const clear = () => (dataDir === undefined ? rm(folder, { recursive: true, force: true }) : undefined);
  const server = await serve({
    port: options.port ?? 0,
    hostname: options.hostname ?? '127.0.0.1',
    rest: {
      accountSid,
      authToken,
      nextAuthToken: options.nextAuthToken,
      apiKeys: options.apiKeys ?? {},
      state,
      apiUrl: engine.apiUrl,
      now,
      faults: orders.rest,
      messageFaults: orders.messages,
      tellMessage: createMessageCallbacks(engine, underway),
      setup,
    },
    listen: {
      apiKey: options.deepgramApiKey,
      audioBytesMax: AUDIO_BYTES_MAX,
      faults: orders.deepgram,
      log: listenLog,
      callbacks: { faults: orders.answers, speed: engine.speed, signal: stopping.signal },
      now,
    },
    controls,
  }).catch((error) => Promise.resolve(clear()).then(() => Promise.reject(error)));
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

function signingTokens({ authToken, nextAuthToken }: SimulatorOptions): Record<SignedWith, string> {
  const wrongToken = randomBytes(16).toString('hex');
  // Without a secondary token, none can be asked for.
  return { token: authToken, 'next-token': nextAuthToken ?? wrongToken, 'wrong-token': wrongToken };
}
