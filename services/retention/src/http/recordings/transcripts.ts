import { Readable } from 'node:stream';
import { createRoute, z } from '@hono/zod-openapi';
import { ObjectNotFoundError } from '@onrecord/shared/object-store/port';
import type { Context } from 'hono';
import type { RecordingDetail } from '../../ledger/read/recording-detail.ts';
import { permit, type RecordsEnv } from '../access/principal.ts';
import { type AccessRecording, purposeHeader, recordAccess } from '../access/record-access.ts';
import { accountOf, accountQuery } from '../account-of.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { recordingSid } from '../schemas.ts';
import { unknownRecording } from './recordings.ts';
import { refuseRestricted, refuseUnlessHeld } from './refuse-restricted.ts';
import { savedObject } from './saved-object.ts';

const CONTENT_TYPES = {
  json: 'application/json; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
  vtt: 'text/vtt; charset=utf-8',
  srt: 'application/x-subrip; charset=utf-8',
} as const;
type Format = keyof typeof CONTENT_TYPES;

const transcriptRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}/transcript',
  middleware: [permit('transcripts:read')] as const,
  summary: 'The transcript of a recording',
  request: {
    params: z.object({ recordingSid }),
    headers: purposeHeader,
    query: z.strictObject({ ...accountQuery, format: z.enum(['json', 'txt', 'vtt', 'srt']).default('json') }),
  },
  responses: {
    ...tokenAnswer,
    200: { description: 'The transcript as it is stored.' },
    403: problemAnswer('The role of the token may not do this, or the consent gate is closed for this recording.'),
    404: problemAnswer('There is no such recording, or no transcript of it.'),
    410: problemAnswer('It was gone when a hold stopped the deletion of the recording.'),
    503: problemAnswer('The access could not be recorded, so nothing is sent.'),
  },
});

export function transcriptRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid' | 'objectStore' | AccessRecording>) {
  const { reader, objectStore } = api;
  return newRoutes().openapi(transcriptRoute, async (c) => {
    const { recordingSid: sid } = c.req.valid('param');
    const { format, accountSid: asked } = c.req.valid('query');
    const accountSid = await accountOf(c, api, { recordingSid: sid }, asked);
    const recording = await reader.find(accountSid, sid);
    if (recording === undefined) throw unknownRecording(sid);
    refuseRestricted(c, recording);
    const key = readableKey(c, recording, format);
    const headersOf = ({ bytes }: { bytes: number }) => ({
      'content-type': CONTENT_TYPES[format],
      'content-length': String(bytes),
      'cache-control': 'no-store',
    });
    // Hono answers HEAD by this route as well and drops the body unread: a stream that was opened for it would stay open.
    if (c.req.method === 'HEAD') {
      const info = await objectStore.head(key);
      if (info === undefined) throw lostObject(key);
      return c.body(null, 200, headersOf(info));
    }
    const found = await objectStore.get(key).catch((error: unknown) => {
      throw error instanceof ObjectNotFoundError ? lostObject(key) : error;
    });
    await recordAccess(c, api, accountSid, [{ recordingSid: sid, what: 'text', format }]).catch((error: unknown) => {
      found.body.destroy();
      throw error;
    });
    return c.body(Readable.toWeb(found.body) as ReadableStream, 200, headersOf(found));
  });
}

const lostObject = (key: string) =>
  new ProblemError('not-found', `The ledger names ${key}, but the object store has no such object.`);

/** @throws ProblemError where there is nothing that may be read */
function readableKey(c: Context<RecordsEnv>, recording: RecordingDetail, format: Format): string {
  const { recordingSid: sid, state, decision, transcript, objects } = recording;
  if (state === 'deleted' || state === 'deleting') {
    return savedObject(c, recording, 'transcript', ({ key }) => key.endsWith(`/transcript.${format}`)).key;
  }
  if (transcript === undefined) {
    const why = recording.whyNoTranscript ?? '';
    throw new ProblemError('not-found', `Recording ${sid} has no transcript; it is ${state}. ${why}`.trim());
  }
  if (decision !== undefined && !decision.purposes.includes('transcribe')) refuseUnlessHeld(c, recording);
  if (format === 'json') return transcript.key;
  const derived = objects.find(({ kind, key }) => kind === 'derived' && key.endsWith(`.${format}`));
  if (derived === undefined) throw new ProblemError('not-found', `Recording ${sid} has no transcript as ${format}.`);
  return derived.key;
}
