import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { RecordingDetail } from '../../ledger/read/recording-detail.ts';
import { permit, type RecordsEnv } from '../access/principal.ts';
import { type AccessRecording, purposeHeader, purposeOf, recordAccess } from '../access/record-access.ts';
import { accountOf, accountQuery, onlyAccount } from '../account-of.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { moment, recordingSid } from '../schemas.ts';
import { unknownRecording } from './recordings.ts';
import { refuseRestricted, refuseUnlessHeld } from './refuse-restricted.ts';
import { savedObject } from './saved-object.ts';
import { lostObject, sendObject } from './send-object.ts';

/** Whoever has the address needs no token: it is for one click, and not for keeping. */
const ADDRESS_SECONDS_MAX = 300;

const bytesOf = (...types: string[]) =>
  Object.fromEntries(types.map((type) => [type, { schema: { type: 'string', format: 'binary' } as const }]));

const AUDIO = bytesOf('audio/x-wav', 'audio/mpeg', 'audio/wav', 'application/octet-stream');

const addressSchema = z
  .object({
    url: z.url(),
    expiresAt: moment,
    bytes: z.number().int(),
    sha256: z.string(),
    contentType: z.string(),
  })
  .openapi('MediaAddress');

const mediaRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}/media',
  middleware: [permit('media:read')] as const,
  summary: 'The audio of a recording as Twilio served it, or a part of it by a Range; or an address to fetch it at',
  request: {
    headers: purposeHeader,
    params: z.object({ recordingSid }),
    query: z.strictObject({
      ...accountQuery,
      delivery: z
        .enum(['stream', 'url'])
        .default('stream')
        .openapi({
          description: `url: an address at the object store that needs no token, for at most ${ADDRESS_SECONDS_MAX} s; of S3 alone.`,
        }),
      expiresIn: z.coerce
        .number('give seconds')
        .int('give whole seconds')
        .min(1, 'give a whole number of seconds from 1')
        .max(ADDRESS_SECONDS_MAX, `give at most ${ADDRESS_SECONDS_MAX} seconds`)
        .optional()
        .openapi({ description: 'For how many seconds the address is good.' }),
    }),
  },
  responses: {
    ...tokenAnswer,
    200: {
      description: 'The audio, or where it can be fetched.',
      content: { ...AUDIO, 'application/json': { schema: addressSchema } },
    },
    206: { description: 'The part of the audio.', content: AUDIO },
    304: { description: 'It is the one that If-None-Match names.' },
    403: problemAnswer(
      'The role of the token may not do this, the recording is refused by now, or it may not be shared by an address.',
    ),
    404: problemAnswer('There is no such recording, or no audio of it.'),
    410: problemAnswer('It was gone when a hold stopped the deletion of the recording.'),
    409: problemAnswer('The object store gives no addresses.'),
    416: problemAnswer('The audio has no such part.'),
    503: problemAnswer('The access could not be recorded, so nothing is sent.'),
  },
});

const waveformRoute = createRoute({
  method: 'get',
  path: '/v1/recordings/{recordingSid}/waveform',
  middleware: [permit('media:read')] as const,
  summary: 'The peaks of the audio for players, in audiowaveform’s form',
  request: { headers: purposeHeader, params: z.object({ recordingSid }), query: onlyAccount },
  responses: {
    ...tokenAnswer,
    200: { description: 'The peaks.', content: { 'application/json': { schema: z.looseObject({}) } } },
    304: { description: 'It is the one that If-None-Match names.' },
    403: problemAnswer('The role of the token may not do this, or the recording is refused by now.'),
    404: problemAnswer('There is no such recording, or no peaks of it.'),
    410: problemAnswer('They were gone when a hold stopped the deletion of the recording.'),
    503: problemAnswer('The access could not be recorded, so nothing is sent.'),
  },
});

export function mediaRoutes(api: Pick<RecordsApi, 'reader' | 'accountSid' | 'objectStore' | AccessRecording>) {
  const { reader, objectStore } = api;
  return newRoutes()
    .openapi(mediaRoute, async (c) => {
      const { recordingSid: sid } = c.req.valid('param');
      const { accountSid: asked, delivery, expiresIn = ADDRESS_SECONDS_MAX } = c.req.valid('query');
      purposeOf(c, api);
      const accountSid = await accountOf(c, api, { recordingSid: sid }, asked);
      const recording = await reader.find(accountSid, sid);
      if (recording === undefined) throw unknownRecording(sid);
      refuseRestricted(c, recording);
      const media = storedObject(c, recording, 'audio', ({ kind }) => kind === 'media');
      const { contentType = 'application/octet-stream' } = media;
      const record = (format: string, byteRange?: string) =>
        recordAccess(c, api, accountSid, [{ recordingSid: sid, what: 'audio', format, byteRange }]);
      if (delivery === 'stream') {
        const format = media.key.split('.').at(-1) ?? '';
        return sendObject(c, objectStore, media, { 'content-type': contentType }, (range) => record(format, range));
      }
      if (recording.whyNotShared !== undefined) {
        const instead = 'With a token the audio is to be had: leave delivery out.';
        throw new ProblemError('restricted', `${recording.whyNotShared} ${instead}`);
      }
      // An address of what is not there would be found out at the store, by somebody without an explanation.
      if ((await objectStore.head(media.key)) === undefined) throw lostObject(media.key);
      const expiresAt = new Date(api.clock().getTime() + expiresIn * 1_000).toISOString();
      const url = await objectStore.presignGet(media.key, expiresIn, media.versionId);
      if (url === undefined) {
        throw new ProblemError(
          'conflict',
          'The object store is a folder, which gives no addresses: leave delivery out.',
        );
      }
      await record('url');
      const { bytes, sha256 } = media;
      return c.json({ url, expiresAt, bytes, sha256, contentType }, 200, { 'cache-control': 'no-store' });
    })
    .openapi(waveformRoute, async (c) => {
      const { recordingSid: sid } = c.req.valid('param');
      purposeOf(c, api);
      const accountSid = await accountOf(c, api, { recordingSid: sid }, c.req.valid('query').accountSid);
      const recording = await reader.find(accountSid, sid);
      if (recording === undefined) throw unknownRecording(sid);
      refuseRestricted(c, recording);
      const waveform = storedObject(c, recording, 'waveform', ({ key }) => key.endsWith('/waveform.json'));
      return sendObject(c, objectStore, waveform, { 'content-type': 'application/json' }, (byteRange) =>
        recordAccess(c, api, accountSid, [{ recordingSid: sid, what: 'audio', format: 'waveform', byteRange }]),
      );
    });
}

type StoredObject = RecordingDetail['objects'][number];

/** @throws ProblemError where there is nothing that may be read */
function storedObject(
  c: Context<RecordsEnv>,
  recording: RecordingDetail,
  what: string,
  isIt: (object: StoredObject) => boolean,
): StoredObject {
  const { recordingSid: sid, state, decision, objects, reason } = recording;
  if (state === 'deleted' || state === 'deleting') return savedObject(c, recording, what, isIt);
  const found = objects.find(isIt);
  if (found !== undefined && decision?.purposes.includes('store') === false) refuseUnlessHeld(c, recording);
  if (found !== undefined) return found;
  throw new ProblemError('not-found', `Recording ${sid} has no ${what}; it is ${state}.${reason ? ` ${reason}` : ''}`);
}
