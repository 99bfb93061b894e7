import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { badRequest, type DeepgramFailure } from './errors.ts';

const remote = z.object({ url: z.url({ protocol: /^https?$/ }) });

export const isRemote = ({ headers }: IncomingMessage): boolean =>
  /^application\/json\b/i.test(headers['content-type'] ?? '');

/** The audio that `{"url": …}` names, fetched from there. Source: Deepgram "Getting started", remote file. */
export async function openRemote(
  request: IncomingMessage,
  signal: AbortSignal,
): Promise<{ audio: AsyncIterable<Uint8Array> } | { failure: DeepgramFailure }> {
  const parsed = remote.safeParse(parseJson(await text(request)));
  if (!parsed.success) return { failure: badRequest('Bad Request: the body is no JSON with a url') };
  const response = await fetch(parsed.data.url, { signal }).catch(() => undefined);
  if (response?.ok && response.body) return { audio: response.body };
  await response?.body?.cancel();
  return { failure: unreachable(response?.status) };
}

/** Source: github.com/deepgram/deepgram-js-sdk/issues/263. */
export const unreachable = (status?: number): DeepgramFailure => ({
  status: 400,
  errCode: 'REMOTE_CONTENT_ERROR',
  errMsg: `The remote server hosting the media failed to return valid data${status === undefined ? '' : ` (${status})`}.`,
});

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
