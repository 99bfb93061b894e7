import { createRoute, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { BUILT_IN, type Wanted } from '../../policies/policy-context.ts';
import { accountsOf, actorOf, permit, type RecordsEnv } from '../access/principal.ts';
import { accountQuery, onlyAccount } from '../account-of.ts';
import { pageQuery, readPage, sealing } from '../pages.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { json, newRoutes, problemAnswer, tokenAnswer } from '../routes.ts';
import {
  againstSchema,
  draftedSchema,
  draftRequest,
  policyId,
  policySchema,
  policySummarySchema,
  readPolicyId,
  simulationPosition,
  simulationSchema,
  viewPolicy,
  viewPolicySummary,
} from './policy-schemas.ts';

const unknownAnswer = { 404: problemAnswer('There is no such policy.') };
const ofPolicy = { params: z.object({ policyId }), query: onlyAccount };

const draftRoute = createRoute({
  method: 'post',
  path: '/v1/policies',
  middleware: [permit('policies:write')] as const,
  summary: 'Draft a version of a policy; nothing changes before it is activated',
  request: { body: { required: true, content: { 'application/json': { schema: draftRequest } } } },
  responses: {
    ...tokenAnswer,
    201: json(draftedSchema, 'The draft.'),
    200: json(draftedSchema, 'The newest version of that name is the same to the letter: nothing was drafted.'),
    400: problemAnswer('The policy is not usable: each fault with its line, the value and the remedy.'),
  },
});

const listRoute = createRoute({
  method: 'get',
  path: '/v1/policies',
  middleware: [permit('policies:read')] as const,
  summary: 'Versions of policies, newest first; where none is active, the built-in policy of the settings holds',
  request: { query: z.strictObject({ ...accountQuery, ...pageQuery }) },
  responses: {
    ...tokenAnswer,
    200: json(z.object({ policies: z.array(policySummarySchema), next: z.string().optional() }), 'One page.'),
    400: problemAnswer('The query is not usable.'),
  },
});

const showRoute = createRoute({
  method: 'get',
  path: '/v1/policies/{policyId}',
  middleware: [permit('policies:read')] as const,
  summary: 'One version of a policy, as it was sent',
  request: ofPolicy,
  responses: { ...tokenAnswer, ...unknownAnswer, 200: json(policySchema, 'The version.') },
});

const simulationRoute = createRoute({
  method: 'post',
  path: '/v1/policies/{policyId}/simulation',
  middleware: [permit('policies:read')] as const,
  summary: 'What a version would change of what the ledger has; nothing is changed',
  request: {
    ...ofPolicy,
    body: { content: { 'application/json': { schema: z.strictObject({ after: simulationPosition.optional() }) } } },
  },
  responses: { ...tokenAnswer, ...unknownAnswer, 200: json(simulationSchema, 'As much as fits into some seconds.') },
});

const activationRoute = createRoute({
  method: 'post',
  path: '/v1/policies/{policyId}/activation',
  middleware: [permit('policies:write')] as const,
  summary: 'Make a version hold from now on, for what stands as well',
  request: {
    ...ofPolicy,
    body: {
      content: {
        'application/json': {
          schema: z.strictObject({
            confirm: z
              .strictObject({ dueNow: z.number().int().nonnegative(), against: againstSchema.optional() })
              .optional()
              .openapi({ description: 'How many recordings, and calls without any, may lose something at once.' }),
            counted: z.string().optional().openapi({ description: '`counted` of the answer before.' }),
          }),
        },
      },
    },
  },
  responses: {
    ...tokenAnswer,
    ...unknownAnswer,
    200: json(
      z.object({
        policy: policySummarySchema.optional().openapi({ description: 'Absent: the built-in policy.' }),
        isNew: z.boolean().openapi({ description: 'False where it held before: nothing was changed.' }),
      }),
      'It holds.',
    ),
    202: json(
      z.object({
        against: againstSchema,
        looked: z.number().int(),
        dueNow: z.number().int(),
        counted: z.string().openapi({ description: 'Send it with the same request again, which goes on from here.' }),
      }),
      'Nothing is changed yet: what would be due at once is counted, and there is more than some seconds suffice for, or another policy came to hold meanwhile.',
    ),
    409: problemAnswer('Something would be due at once that was not confirmed, or the version was superseded.'),
  },
});

const countedSoFar = z.object({
  against: z.string(),
  begunAt: z.coerce.date(),
  after: z.string(),
  looked: z.number(),
  dueNow: z.number(),
});

const position = z.tuple([z.iso.datetime(), z.string(), z.number()]);

type Api = Pick<RecordsApi, 'policies' | 'reader' | 'accountSid' | 'token'>;

export function policyRoutes(api: Api) {
  const { policies } = api;
  return newRoutes()
    .openapi(draftRoute, async (c) => {
      const { accountSid: asked, source } = c.req.valid('json');
      const drafted = await policies.draft(await ownAccount(c, api, asked), source, actorOf(c));
      if (drafted.faults !== undefined) throw new ProblemError('bad-request', drafted.faults.join('\n'));
      const { policy, isNew } = drafted;
      return c.json({ ...viewPolicy(policy), isNew }, isNew ? 201 : 200);
    })
    .openapi(listRoute, async (c) => {
      const { accountSid: asked, ...query } = c.req.valid('query');
      const page = readPage(c, api, query, position);
      const after = page.after && { draftedAt: new Date(page.after[0]), name: page.after[1], version: page.after[2] };
      const accounts = await accountsOf(c, api, asked);
      const found = await policies.list(accounts, after, page.lookFor);
      const { items, next } = page.cut(found, (last) => [last.draftedAt.toISOString(), last.name, last.version]);
      return c.json({ policies: items.map(viewPolicySummary), next }, 200);
    })
    .openapi(showRoute, async (c) => {
      const wanted = await wantedOf(c, api, c.req.valid('param').policyId, c.req.valid('query').accountSid);
      const policy = 'version' in wanted ? await policies.find(wanted) : undefined;
      if (policy === undefined) throw unknownPolicy(c.req.valid('param').policyId);
      return c.json(viewPolicy(policy), 200);
    })
    .openapi(simulationRoute, async (c) => {
      const id = c.req.valid('param').policyId;
      const wanted = await wantedOf(c, api, id, c.req.valid('query').accountSid);
      const simulation = await policies.simulate(wanted, c.req.valid('json').after);
      if (simulation === undefined) throw unknownPolicy(id);
      return c.json(simulation, 200);
    })
    .openapi(activationRoute, async (c) => {
      const id = c.req.valid('param').policyId;
      const wanted = await wantedOf(c, api, id, c.req.valid('query').accountSid);
      const { confirm, counted } = c.req.valid('json');
      const seal = sealing(c, api, 'counted', countedSoFar);
      const before = counted === undefined ? undefined : seal.open(counted);
      const result = await policies.activate(wanted, confirm ?? 0, actorOf(c), before);
      if (result.outcome === 'counting') {
        const { against, looked, dueNow } = result.counted;
        return c.json({ against, looked, dueNow, counted: seal.write(result.counted) }, 202);
      }
      if (result.outcome === 'unknown') throw unknownPolicy(id);
      if (result.outcome === 'superseded') {
        throw new ProblemError('conflict', `${id} held once and was superseded; draft it again as another version.`);
      }
      if (result.outcome === 'to-confirm') throw toConfirm(id, result.dueNow);
      const { policy, isNew } = result;
      return c.json({ policy: policy && viewPolicySummary(policy), isNew }, 200);
    });
}

const unknownPolicy = (id: string) => new ProblemError('not-found', `No policy ${id} is known.`);

const toConfirm = (id: string, dueNow: number) =>
  new ProblemError(
    'conflict',
    `${id} would have something deleted at once of ${dueNow} recording${dueNow === 1 ? '' : 's'} or call${dueNow === 1 ? '' : 's'} without any. Look at its simulation, and where that is meant, send {"confirm":{"dueNow":${dueNow}}}.`,
    {},
    { dueNow },
  );

/** Of an account that the request may see: the one that it names, else the own one. */
async function ownAccount(c: Context<RecordsEnv>, api: Api, asked: string | undefined): Promise<string> {
  const visible = await accountsOf(c, api);
  const own = visible.includes(api.accountSid) ? api.accountSid : visible[0];
  const account = asked ?? own;
  if (account !== undefined && visible.includes(account)) return account;
  throw new ProblemError('not-found', `accountSid: nothing of the account ${account ?? ''} is known.`);
}

/** @throws ProblemError where several accounts that the request may see have such a version */
async function wantedOf(c: Context<RecordsEnv>, api: Api, id: string, asked: string | undefined): Promise<Wanted> {
  const version = readPolicyId(id);
  if (asked !== undefined || version === undefined) {
    const accountSid = await ownAccount(c, api, asked);
    return version === undefined ? { accountSid, name: BUILT_IN } : { accountSid, ...version };
  }
  const holders = await api.policies.holdersOf(await accountsOf(c, api), version);
  if (holders.length > 1) {
    throw new ProblemError('bad-request', `accountSid: say which account is meant: ${holders.join(' or ')}.`);
  }
  if (holders[0] === undefined) throw unknownPolicy(id);
  return { accountSid: holders[0], ...version };
}
