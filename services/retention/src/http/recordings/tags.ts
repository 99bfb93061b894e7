import { createRoute, z } from '@hono/zod-openapi';
import { isPhoneLike } from '@onrecord/shared/telephony/phone-like';
import type { Context } from 'hono';
import { decideRecording } from '../../clearance/decide-recording.ts';
import type { Named } from '../../ledger/read/holders.ts';
import { tellRemoved } from '../../ledger/read/recording-list.ts';
import { accountsOf, actorOf, permit, type RecordsEnv } from '../access/principal.ts';
import { accountOf, onlyAccount } from '../account-of.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import { callSid, conferenceSid, recordingSid } from '../schemas.ts';

const TAGS_MAX = 20;

/** What policies select by. A telephone number would outlast its erasure here. */
const tag = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._:-]{0,63}$/, 'give 1 to 64 small letters, digits or . _ : -')
  .regex(/^(?!.*\d{7})/, 'a tag is no place for a number: it has at most 6 digits in a row')
  .refine((text) => !isPhoneLike(text), 'a tag is no place for a number');

const request = z.strictObject({
  tags: z.array(tag).max(TAGS_MAX),
  confirm: z
    .strictObject({ dueNow: z.number().int().nonnegative() })
    .optional()
    .openapi({ description: 'How many recordings may lose something at once; 1 where it is a call that has none.' }),
});
type Asked = z.output<typeof request>;

const answer = z.object({ tags: z.array(z.string()), recordings: z.array(recordingSid) });

const routeOf = <Name extends string, Place extends z.ZodType>(
  path: string,
  params: z.ZodObject<Record<Name, Place>>,
) =>
  createRoute({
    method: 'put',
    path,
    middleware: [permit('retention:write')] as const,
    summary: 'Say what it is tagged with, in place of all tags before; policies select by them',
    request: {
      params,
      query: onlyAccount,
      body: {
        required: true,
        content: { 'application/json': { schema: request } },
      },
    },
    responses: {
      ...tokenAnswer,
      200: json(answer, 'The tags, and the recordings that were decided on and planned again by them.'),
      400: problemAnswer('The tags are not usable.'),
      404: problemAnswer('No account has such a call or conference.'),
      409: problemAnswer('Something would be due at once that was not confirmed; nothing was changed.'),
      410: problemAnswer('What was known of the call or conference was removed; nothing was changed.'),
    },
  });

const callRoute = routeOf('/v1/calls/{callSid}/tags', z.object({ callSid }));
const conferenceRoute = routeOf('/v1/conferences/{conferenceSid}/tags', z.object({ conferenceSid }));

type Api = Pick<RecordsApi, 'reader' | 'accountSid' | 'ledger' | 'clock' | 'onDecision' | 'policies'>;

export function tagRoutes(api: Api) {
  const put = async (c: Context<RecordsEnv>, named: Named, account: string | undefined, asked: Asked) => {
    const subjectSid = named.callSid ?? named.conferenceSid ?? '';
    const accountSid = await accountOf(c, api, named, account);
    const isKnown = (await api.reader.holdersOf(named, await accountsOf(c, api))).includes(accountSid);
    if (!isKnown) throw new ProblemError('not-found', `Nothing of ${subjectSid} is known.`);
    const { tags, confirm } = asked;
    const confirmed = confirm?.dueNow ?? 0;
    const result = await api.policies.tag({ accountSid, ...named, tags, confirmed, by: actorOf(c) });
    if (result.outcome === 'removed') throw new ProblemError('removed', `${subjectSid}: ${tellRemoved(result.at)}`);
    if (result.outcome === 'to-confirm') throw toConfirm(subjectSid, result);
    const recordings: string[] = [];
    for (const key of result.recordings) {
      const entry = await decideRecording(api.ledger, key, { ...api, now: api.clock() });
      if (entry !== undefined) recordings.push(entry.facts.recording.recordingSid);
    }
    return { tags, recordings };
  };
  return newRoutes()
    .openapi(callRoute, async (c) => {
      const { accountSid } = c.req.valid('query');
      return c.json(await put(c, c.req.valid('param'), accountSid, c.req.valid('json')), 200);
    })
    .openapi(conferenceRoute, async (c) => {
      const { accountSid } = c.req.valid('query');
      return c.json(await put(c, c.req.valid('param'), accountSid, c.req.valid('json')), 200);
    });
}

function toConfirm(subjectSid: string, { dueNow, isOfCall }: { dueNow: number; isOfCall: boolean }): ProblemError {
  const what = isOfCall
    ? `all that is known of ${subjectSid}, which has no recordings, would be removed at once`
    : `${dueNow} recording${dueNow === 1 ? '' : 's'} of ${subjectSid} would have something deleted at once`;
  return new ProblemError(
    'conflict',
    `By the rules that hold for these tags, ${what}. Where that is meant, send "confirm":{"dueNow":${dueNow}} with the tags.`,
    {},
    { dueNow },
  );
}
