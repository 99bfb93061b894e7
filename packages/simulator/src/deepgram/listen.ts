import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenAnswer } from './answer.ts';
import { sendSpoilt } from './answer-spoils.ts';
import { type DeepgramFailure, errorBody, FAILURES } from './errors.ts';
import type { createFaults } from './faults.ts';
import { createListener } from './heard-audio.ts';
import { readListenOptions } from './listen-options.ts';
import { isRemote, openRemote, unreachable } from './remote-audio.ts';
import type { createRequestLog } from './request-log.ts';
import { type CallbackSettings, sendCallback } from './send-callback.ts';
import { transcribe } from './transcribe.ts';

/** Deepgram's limit of one request. Source: Deepgram "Pre-recorded audio", "maximum file size 2 GB". */
export const AUDIO_BYTES_MAX = 2 * 1_024 ** 3;

export interface ListenSettings {
  /** The only key that is let in; absent means any that is not empty. */
  apiKey?: string | undefined;
  audioBytesMax: number;
  faults: ReturnType<typeof createFaults>;
  log: ReturnType<typeof createRequestLog>;
  callbacks: CallbackSettings;
  now(): Date;
}

/**
 * `POST /v1/listen`, with the audio or with its address; where a callback is named, the answer goes there. The body is read to
 * its end also when the request is refused, so that a client sees the refusal and not a broken connection; only what is larger than
 * the limit is cut off.
 */
export async function handleListen(
  settings: ListenSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const id = randomUUID();
  const created = settings.now();
  const { search, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const noted = settings.log.begin({ requestId: id, query: search, at: created.toISOString() });
  const { options, failure } = readListenOptions(searchParams);
  const known = isAuthorised(settings, request) ? failure : FAILURES.unauthorised;
  const fault = known ? undefined : settings.faults.take();
  const refusal = known ?? fault?.refusal;
  const refuse = (reason: DeepgramFailure, sha256: string) => {
    noted.end(`refused-${reason.status}`, sha256);
    answer(response, id, reason.status, errorBody(reason, id), reason.retryAfterSeconds);
  };
  const listener = createListener(noted.heard);
  if (fault?.spoil === 'early-refusal') return refuseEarly(request, () => refuse(FAILURES.badAudio, ''));
  const remote = isRemote(request) ? await openRemote(request, settings.callbacks.signal) : undefined;
  if (remote && 'failure' in remote) return refuse(refusal ?? remote.failure, '');
  const received = remote
    ? await receive(remote.audio, settings.audioBytesMax, listener.push)
    : await receiveUpload(request, settings.audioBytesMax, listener.push);
  const audio = listener.end();
  if (received === 'aborted' && remote) return refuse(unreachable(), audio.sha256);
  if (received === 'aborted') {
    noted.end('aborted', audio.sha256);
    response.destroy();
    return;
  }
  if (received === 'too-large') return refuse(FAILURES.tooLarge, audio.sha256);
  if (refusal) return refuse(refusal, audio.sha256);
  if (audio.durationSeconds === 0) return refuse(FAILURES.badAudio, audio.sha256);
  noted.end('answered', audio.sha256);
  const recognised = transcribe(audio, options, randomUUID);
  const body = listenAnswer(audio, options, recognised, { id, created });
  if (fault?.spoil) return sendSpoilt(fault.spoil, body, response);
  if (!options.callback) return answer(response, id, 200, body);
  answer(response, id, 200, { request_id: id });
  // What is still to be sent ends with the simulator.
  sendCallback(settings.callbacks, options.callback, body, id, noted.calledBack).catch(() => {});
}

/** Answers after the first piece of the audio; what still comes is thrown away, so that the client sees the refusal. */
function refuseEarly(request: IncomingMessage, refuse: () => void): void {
  request.once('data', refuse);
}

type Received = 'whole' | 'too-large' | 'aborted';

async function receiveUpload(request: IncomingMessage, bytesMax: number, push: (piece: Buffer) => void) {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return 'too-large';
  // Leaving the loop must not cut the connection: a refusal is still to be sent.
  return receive(request.iterator({ destroyOnReturn: false }), bytesMax, push);
}

async function receive(
  audio: AsyncIterable<Uint8Array>,
  bytesMax: number,
  push: (piece: Buffer) => void,
): Promise<Received> {
  let bytes = 0;
  try {
    for await (const piece of audio) {
      push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
      bytes += piece.length;
      if (bytes > bytesMax) return 'too-large';
    }
    return 'whole';
  } catch {
    return 'aborted';
  }
}

function isAuthorised({ apiKey }: ListenSettings, { headers }: IncomingMessage): boolean {
  const [, key = ''] = /^Token\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  return key !== '' && (apiKey === undefined || key === apiKey);
}

function answer(response: ServerResponse, id: string, status: number, body: object, retryAfterSeconds?: number): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'dg-request-id': id,
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    // The rest of what was too large is not read.
    ...(status === FAILURES.tooLarge.status ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify(body));
}
