import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenAnswer } from './answer.ts';
import { type DeepgramFailure, FAILURES } from './errors.ts';
import type { createFaults } from './faults.ts';
import { createListener } from './heard-audio.ts';
import { readListenOptions } from './listen-options.ts';
import type { createRequestLog } from './request-log.ts';
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
  const id = randomUUID();
  const created = settings.now();
  const { search, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const noted = settings.log.begin({ requestId: id, query: search, at: created.toISOString() });
  const { options, failure } = readListenOptions(searchParams);
  const refusal = isAuthorised(settings, request) ? (failure ?? settings.faults.take()) : FAILURES.unauthorised;
  const refuse = (reason: DeepgramFailure, sha256: string) => {
    noted.end(`refused-${reason.status}`, sha256);
    answer(response, id, reason.status, errorBody(reason, id), reason.retryAfterSeconds);
  };
  const listener = createListener(noted.heard);
  const received = await receive(request, settings.audioBytesMax, listener.push);
  const audio = listener.end();
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
  answer(response, id, 200, listenAnswer(audio, options, recognised, { id, created }));
}

async function receive(
  request: IncomingMessage,
  bytesMax: number,
  push: (piece: Buffer) => void,
): Promise<'whole' | 'too-large' | 'aborted'> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return 'too-large';
  let bytes = 0;
  try {
    // Leaving the loop must not cut the connection: a refusal is still to be sent.
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      push(piece as Buffer);
      bytes += (piece as Buffer).length;
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

const errorBody = ({ errCode, errMsg }: DeepgramFailure, requestId: string) => ({
  err_code: errCode,
  err_msg: errMsg,
  request_id: requestId,
});

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
