import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenAnswer } from './answer.ts';
import { type DeepgramFailure, FAILURES } from './errors.ts';
import type { createFaults } from './faults.ts';
import { createListener, type HeardAudio } from './heard-audio.ts';
import { type ListenOptions, readListenOptions } from './listen-options.ts';
import type { createRequestLog, ListenRequest } from './request-log.ts';
import { transcribe } from './transcribe.ts';

/** Deepgram's limit of one request. Source: Deepgram "Pre-recorded audio", "maximum file size 2 GB". */
export const AUDIO_BYTES_MAX = 2 * 1_024 ** 3;

export interface ListenSettings {
  /** The only key that is let in; absent means any that is not empty. */
  apiKey?: string | undefined;
  audioBytesMax: number;
  faults: ReturnType<typeof createFaults>;
  log: ReturnType<typeof createRequestLog>;
  now(): Date;
}

/**
 * `POST /v1/listen`. The body is read to its end also when the request is refused, so that a client sees the refusal and not a broken
 * connection; only what is larger than the limit is cut off.
 */
export async function handleListen(
  settings: ListenSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID();
  const url = new URL(request.url ?? '/', 'http://localhost');
  const listener = createListener();
  const note = (outcome: ListenRequest['outcome'], { sha256, bytes }: HeardAudio) =>
    settings.log.add({ requestId, sha256, bytes, at: settings.now().toISOString(), query: url.search, outcome });
  const refuse = (failure: DeepgramFailure) => {
    note(`refused-${failure.status}`, listener.end());
    answer(response, failure.status, requestId, toBody(failure, requestId), failure);
  };
  const options = readListenOptions(url.searchParams);
  const early = refusalOf(settings, request, options);
  try {
    for await (const piece of request) {
      listener.push(piece as Buffer);
      if (listener.bytes() > settings.audioBytesMax) return refuse(FAILURES.tooLarge);
    }
  } catch {
    note('aborted', listener.end());
    response.destroy();
    return;
  }
  if (early) return refuse(early);
  if ('failure' in options) return refuse(options.failure);
  const audio = listener.end();
  if (!audio.head || audio.durationSeconds === 0) {
    note('refused-400', audio);
    return answer(response, 400, requestId, toBody(FAILURES.badAudio, requestId));
  }
  const recognised = transcribe(audio, options, randomUUID);
  note('answered', audio);
  answer(
    response,
    200,
    requestId,
    listenAnswer(audio, options, recognised, { id: requestId, created: settings.now() }),
  );
}

/** What is wrong whatever the audio. */
function refusalOf(
  { apiKey, faults }: ListenSettings,
  { headers }: IncomingMessage,
  options: ListenOptions | { failure: DeepgramFailure },
): DeepgramFailure | undefined {
  const [, key = ''] = /^Token\s+(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (key === '' || (apiKey !== undefined && key !== apiKey)) return FAILURES.unauthorised;
  return 'failure' in options ? options.failure : faults.take();
}

const toBody = ({ errCode, errMsg }: DeepgramFailure, requestId: string) => ({
  err_code: errCode,
  err_msg: errMsg,
  request_id: requestId,
});

function answer(
  response: ServerResponse,
  status: number,
  requestId: string,
  body: object,
  failure?: DeepgramFailure,
): void {
  const retryAfter = failure?.retryAfterSeconds;
  response.writeHead(status, {
    'content-type': 'application/json',
    'dg-request-id': requestId,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    // The rest of what was too large is not read.
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(JSON.stringify(body));
}
