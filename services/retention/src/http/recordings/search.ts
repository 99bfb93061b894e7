import { createRoute, z } from '@hono/zod-openapi';
import { accountsOf, permit } from '../access/principal.ts';
import { type AccessRecording, purposeHeader, purposeOf, recordAccess } from '../access/record-access.ts';
import { accountQuery } from '../account-of.ts';
import { sinceFilter, untilFilter } from '../filters.ts';
import { pageQuery, pageSchema, readPage, timeAndSid } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, conferenceSid, moment, recordingSid } from '../schemas.ts';
import { readsRestricted } from './refuse-restricted.ts';

/** Longer than what people type, short enough to be parsed at once. */
const WORDS_MAX = 200;
/** Highlighting reads each hit's text again, from its beginning to its end. */
const LIMIT_DEFAULT = 20;
const LIMIT_MAX = 50;
const A_LIMIT = `give a whole number from 1 to ${LIMIT_MAX}`;

const highlightSchema = z
  .object({
    turn: z.number().int().openapi({ description: 'Which turn of the transcript, from 0.' }),
    speaker: z.string(),
    start: z.number().openapi({ description: 'Seconds from the beginning of the recording.' }),
    end: z.number(),
    text: z.string().openapi({
      description: 'What was said, as plain text: show it as text, never as HTML. Cut where it is long, with … there.',
    }),
    marks: z
      .array(z.object({ start: z.number().int(), end: z.number().int() }))
      .openapi({ description: 'Where in `text` the words are, in UTF-16 code units; `end` is behind the last one.' }),
  })
  .openapi('Highlight');

const hitSchema = z
  .object({
    accountSid: z.string(),
    recordingSid,
    callSid: callSid.optional(),
    conferenceSid: conferenceSid.optional(),
    beganAt: moment,
    simulated: z.boolean().openapi({ description: 'True when a simulator invented the words.' }),
    isCut: z.boolean().openapi({ description: 'The transcript is so long that only its beginning is searched.' }),
    matches: z.number().int().openapi({ description: 'In how many turns a word was found.' }),
    highlights: z.array(highlightSchema).openapi({ description: 'The first of these turns.' }),
  })
  .openapi('SearchHit');

const searchRoute = createRoute({
  method: 'get',
  path: '/v1/transcripts',
  middleware: [permit('transcripts:read')] as const,
  summary: 'Transcripts in which words were said, newest first, with the places',
  request: {
    headers: purposeHeader,
    query: z.strictObject({
      ...accountQuery,
      q: z.string().min(1).max(WORDS_MAX).openapi({
        description: 'Words that were all said, in any form of them; "a phrase"; one or other; -without.',
        example: 'refund "credit card" -cancelled',
      }),
      since: sinceFilter,
      until: untilFilter,
      ...pageQuery,
      limit: z.coerce.number(A_LIMIT).int(A_LIMIT).min(1, A_LIMIT).max(LIMIT_MAX, A_LIMIT).default(LIMIT_DEFAULT),
    }),
  },
  responses: {
    ...tokenAnswer,
    200: json(pageSchema('hits', hitSchema), 'One page; `next` is there while there are more.'),
    400: problemAnswer('The query is not usable, or has no word to look for.'),
    503: problemAnswer('The access could not be recorded, so nothing is sent.'),
  },
});

export function searchRoutes(api: Pick<RecordsApi, 'reader' | 'token' | AccessRecording>) {
  return newRoutes().openapi(searchRoute, async (c) => {
    const { accountSid, limit, cursor, ...asked } = c.req.valid('query');
    const page = readPage(c, api, { limit, cursor }, timeAndSid);
    purposeOf(c, api);
    const accounts = await accountsOf(c, api, accountSid);
    const identities = c.get('principal').agentIdentities;
    const found = await api.reader.search({
      ...{ ...asked, accounts, identities, after: page.after, limit: page.lookFor },
      readsRestricted: readsRestricted(c),
    });
    if (found === undefined) {
      throw new ProblemError(
        'bad-request',
        `q: "${asked.q}" has no word to look for; name one that is not in every text, and not only what is not said.`,
      );
    }
    const { items: hits, next } = page.cut(
      found.hits,
      (last) => [last.beganAt, last.recordingSid],
      found.resumeAt && [...found.resumeAt],
    );
    for (const [account, ofAccount] of Map.groupBy(hits, (hit) => hit.accountSid)) {
      const handouts = ofAccount.map(
        (hit) => ({ recordingSid: hit.recordingSid, what: 'text', format: 'search' }) as const,
      );
      await recordAccess(c, api, account, handouts);
    }
    return c.json({ hits, next }, 200, { 'cache-control': 'no-store' });
  });
}
