import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, at, newSid } from '../retention/facts.ts';
import { access, TOKEN } from '../retention/records-app.ts';
import { makeTheirs } from './other-tenant.ts';
import { Door, type Ids } from './tenants.ts';

const OTHER = newSid('AC');
const RE = newSid('RE');
const CA = newSid('CA');

let door: Door;
/** Tokens by what is wrong with them, and cursors by what they are of. */
const made = { revoked: '', expired: '', otherSecret: '', reviewer: '', agent: '', auditor: '', administrator: '' };
const cursors = { recordings: '', byState: '', ofReviewer: '' };
let theirs: Ids;
/** A recording of our own, with a transcript. */
let ours = '';

beforeAll(async () => {
  door = await Door.open({ access: { ...access, purposeRequired: true } });
  for (const role of ['reviewer', 'agent', 'auditor', 'administrator'] as const) made[role] = await door.tokenOf(role);
  made.revoked = await door.tokenOf('reviewer');
  await door.ask(`/v1/tokens/${made.revoked.split('_')[1]}`, TOKEN, { method: 'DELETE' });
  made.otherSecret = `${made.reviewer.slice(0, 29)}${randomBytes(32).toString('base64url')}`;
  ours = (await door.api.given('transcribed')).sid;
  await door.api.given('waiting');
  await door.api.given('waiting');
  theirs = await makeTheirs(door, OTHER, await door.tokenOf('administrator', [OTHER]));
  const next = async (query: string, token = TOKEN) => (await door.ask(`/v1/recordings?${query}`, token)).json.next;
  cursors.recordings = await next('limit=1');
  cursors.byState = await next('limit=1&state=waiting');
  cursors.ofReviewer = await next('limit=1', made.reviewer);
  door.api.test.now = at(-200);
  made.expired = await door.tokenOf('reviewer');
  door.api.test.now = at(1);
});
afterAll(() => door?.close());

interface Bad {
  /** `GET /v1/recordings`, or its address alone. */
  ask: string | (() => string);
  /** That of the bootstrap administrator, unless it is said. */
  token?: (() => string | undefined) | undefined;
  body?: unknown;
  headers?: Record<string, string>;
  status: number;
  /** What the answer says, of the value and the remedy. */
  says: string | RegExp;
}

const post = (path: string, body: unknown, status: number, says: string | RegExp): Bad => ({
  ...{ ask: `POST ${path}`, body, status, says },
});
const get = (ask: Bad['ask'], status: number, says: string | RegExp, token?: () => string | undefined): Bad => ({
  ...{ ask, status, says, token },
});

const PURPOSE = { 'x-access-purpose': 'a test' };

const JWT = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"eve"}').toString('base64url')}.`;

const TOKENS: Record<string, Bad> = {
  none: get('/v1/recordings', 401, 'onrecord tokens create', () => undefined),
  empty: {
    ...get('/v1/recordings', 401, 'Authorization: Bearer', () => undefined),
    headers: { authorization: 'Bearer ' },
  },
  'of another scheme': {
    ...get('/v1/recordings', 401, 'Authorization: Bearer', () => undefined),
    headers: { authorization: `Basic ${Buffer.from(`x:${TOKEN}`).toString('base64')}` },
  },
  two: {
    ...get('/v1/recordings', 401, 'Bearer', () => undefined),
    headers: { authorization: `Bearer ${TOKEN} ${TOKEN}` },
  },
  'in the address': get(`/v1/recordings?access_token=${TOKEN}`, 401, 'Bearer', () => undefined),
  forged: get('/v1/recordings', 401, 'not known here', () => `onr_${'0'.repeat(24)}_${'A'.repeat(43)}`),
  'with another’s secret': get('/v1/recordings', 401, 'not known here', () => made.otherSecret),
  'without its secret': get('/v1/recordings', 401, 'not known here', () => made.reviewer.slice(0, 28)),
  'in capitals': get('/v1/recordings', 401, 'not known here', () => made.reviewer.toUpperCase()),
  'with SQL in it': get('/v1/recordings', 401, 'not known here', () => `onr_'or'1'='1_x`),
  'too long': get('/v1/recordings', 401, 'not known here', () => 'x'.repeat(9_000)),
  revoked: get('/v1/recordings', 401, 'was revoked at', () => made.revoked),
  expired: get('/v1/recordings', 401, 'expired at', () => made.expired),
  'of no identity provider': get('/v1/recordings', 401, 'not known here', () => JWT),
};

const ROLES: Record<string, Bad> = {
  'a reviewer making tokens': {
    ...post('/v1/tokens', {}, 403, 'takes one of administrator'),
    token: () => made.reviewer,
  },
  'a reviewer setting a retention': {
    ...{ ask: `PUT /v1/recordings/${RE}/retention`, body: { deleteAfter: null } },
    ...{ status: 403, says: 'compliance, administrator', token: () => made.reviewer },
  },
  'a reviewer looking at accesses': get('/v1/accesses', 403, 'accesses:read', () => made.reviewer),
  'an agent recording consent': { ...post('/v1/consents', {}, 403, 'consents:write'), token: () => made.agent },
  'an agent reading policies': get('/v1/policies', 403, 'policies:read', () => made.agent),
  'an auditor drafting a policy': { ...post('/v1/policies', {}, 403, 'policies:write'), token: () => made.auditor },
  'an auditor revoking a token': {
    ...{ ask: `DELETE /v1/tokens/${'0'.repeat(24)}`, status: 403, says: 'tokens:write', token: () => made.auditor },
  },
};

const ADDRESSES: Record<string, Bad> = {
  'a recording that nobody has': get(`/v1/recordings/${RE}`, 404, `No recording ${RE} is known.`),
  'another tenant’s recording': get(
    () => `/v1/recordings/${theirs.recordingSid}`,
    404,
    'No recording',
    () => made.administrator,
  ),
  'another tenant’s transcript': get(
    () => `/v1/recordings/${theirs.recordingSid}/transcript`,
    404,
    'No recording',
    () => made.administrator,
  ),
  'another tenant’s call': get(
    () => `/v1/calls/${theirs.callSid}`,
    404,
    'No call',
    () => made.administrator,
  ),
  'another tenant’s deletion': get(
    () => `/v1/deletions/${theirs.deletionId}`,
    404,
    'No deletion',
    () => made.administrator,
  ),
  'another tenant’s hold': get(
    () => `/v1/holds/${theirs.holdId}`,
    404,
    'hold',
    () => made.administrator,
  ),
  'another tenant’s matter': get(
    () => `/v1/matters/${theirs.matterId}`,
    404,
    'matter',
    () => made.administrator,
  ),
  'another tenant’s erasure': get(
    () => `/v1/erasures/${theirs.erasureId}`,
    404,
    'No erasure',
    () => made.administrator,
  ),
  'another tenant’s decision': get(
    () => `/v1/recordings/${theirs.recordingSid}/decision`,
    ...([404, 'No recording', () => made.administrator] as const),
  ),
  'an erasure that is none': get('/v1/erasures/1', 400, 'UUID'),
  'another tenant’s policy': get(
    () => `/v1/policies/${theirs.policyId}`,
    404,
    'No policy',
    () => made.administrator,
  ),
  'another tenant’s account': get(
    `/v1/recordings/${RE}?accountSid=${OTHER}`,
    404,
    'nothing of the account',
    () => made.administrator,
  ),
  'somebody else’s call, to an agent': get(
    () => `/v1/recordings/${ours}`,
    404,
    'this token’s agent',
    () => made.agent,
  ),
  'a call where a recording should be': get(
    `/v1/recordings/${CA}`,
    400,
    'a RecordingSid is RE and 32 hexadecimal digits',
  ),
  'a SID that is too short': get('/v1/recordings/RE123', 400, '32 hexadecimal digits'),
  'a SID that is too long': get(`/v1/recordings/${RE}0`, 400, '32 hexadecimal digits'),
  'digits of another script': get(
    `/v1/recordings/RE${encodeURIComponent('１'.repeat(32))}`,
    400,
    '32 hexadecimal digits',
  ),
  'a way up': get('/v1/recordings/..%2f..%2fetc%2fpasswd', 400, '32 hexadecimal digits'),
  'a way up, twice encoded': get('/v1/recordings/%252e%252e%252f', 400, '32 hexadecimal digits'),
  'SQL in the address': get(`/v1/calls/${encodeURIComponent("CA' or '1'='1")}`, 400, 'a CallSid is CA'),
  'a NUL in the address': get(`/v1/recordings/${RE}%00`, 400, '32 hexadecimal digits'),
  'half an escape': get('/v1/recordings/%zz', 400, '32 hexadecimal digits'),
  'an address that there is not': get('/v1/recordings/all/of/them', 404, '/openapi.json'),
  'an address with a slash too many': get('/v1//recordings', 404, '/openapi.json'),
  'another method': { ask: 'DELETE /v1/recordings', status: 405, says: 'Use GET at this address' },
  'a deletion without its number': get(`/v1/deletions/${RE}`, 400, /deletion/),
  'a policy without its version': get('/v1/policies/calls', 400, 'calls.v3'),
  'a token that is none': { ask: 'DELETE /v1/tokens/mine', status: 400, says: '24 hexadecimal digits' },
};

const QUERIES: Record<string, Bad> = {
  'a page of none': get('/v1/recordings?limit=0', 400, 'limit is "0": give a whole number from 1 to 200'),
  'a huge page': get('/v1/recordings?limit=1000000000', 400, 'from 1 to 200'),
  'a page of less than none': get('/v1/accesses?limit=-1', 400, 'from 1 to 200'),
  'a page of half': get('/v1/tokens?limit=1.5', 400, 'from 1 to 200'),
  'a number that is none': get('/v1/recordings?limit=ten', 400, 'from 1 to 200'),
  'a number beyond all': get('/v1/deletions?limit=1e999', 400, 'from 1 to 200'),
  'two numbers': get('/v1/recordings?limit=1&limit=2', 400, 'limit'),
  'a filter that there is not': get('/v1/recordings?sate=waiting', 400, 'sate'),
  'a filter into another object': get('/v1/recordings?__proto__=x', 400, '__proto__'),
  'a state that there is not': get('/v1/recordings?state=gone', 400, 'give one of in-progress, absent'),
  'SQL in a filter': get(`/v1/recordings?state=${encodeURIComponent("waiting' or 1=1 --")}`, 400, 'give one of'),
  'an account that is none': get('/v1/recordings?accountSid=AC1', 400, 'an AccountSid is AC'),
  'two accounts': get(`/v1/recordings?accountSid=${ACCOUNT}&accountSid=${OTHER}`, 400, 'accountSid'),
  'a day that is none': get('/v1/accesses?since=2026-02-30T00:00:00Z', 400, 'give a time with Z or its offset'),
  'a time without a zone': get('/v1/accesses?until=2026-03-01T10:00:00', 400, 'give a time with Z or its offset'),
  'a year beyond all': get('/v1/accesses?since=%2B275760-09-13T00:00:00Z', 400, 'since'),
  'a principal that is too long': get(`/v1/accesses?principal=${'x'.repeat(256)}`, 400, 'principal'),
  'a format that there is not': get(`/v1/recordings/${RE}/transcript?format=exe`, 400, 'format'),
  'a search for nothing': get('/v1/transcripts?q=', 400, 'q'),
  'a search for too much': get(`/v1/transcripts?q=${'x'.repeat(201)}`, 400, 'q'),
  'a huge page of a search': get('/v1/transcripts?q=refund&limit=200', 400, 'from 1 to 50'),
  'SQL in the name of a status': get(`/v1/calls?status=${encodeURIComponent("busy' --")}`, 400, 'letters and hyphens'),
  'an answer of no kind': get('/v1/consents?outcome=maybe', 400, 'outcome'),
  'an answer for no purpose': get('/v1/consents?purpose=sell', 400, 'purpose'),
  'an audit entry of no kind': get('/v1/audit-entries?kind=nothing', 400, 'give one of consent.recorded'),
  'a deletion in no state': get('/v1/deletions?status=gone', 400, 'give one of'),
  'an address that lives for an hour': get(
    `/v1/recordings/${RE}/media?delivery=url&expiresIn=3600`,
    400,
    'at most 300',
  ),
  'an address that lives for ever': get(`/v1/recordings/${RE}/media?delivery=url&expiresIn=Infinity`, 400, 'expiresIn'),
  'a cursor that is none': get('/v1/recordings?cursor=next', 400, 'take it unchanged from `next`'),
  'a cursor of other filters': get(() => `/v1/recordings?cursor=${cursors.byState}`, 400, 'the same filters and token'),
  'a cursor of another list': get(() => `/v1/tokens?cursor=${cursors.recordings}`, 400, 'take it unchanged'),
  'a cursor of another token': get(
    () => `/v1/recordings?cursor=${cursors.ofReviewer}`,
    400,
    'the same filters and token',
  ),
  'a cursor of another account': get(
    () => `/v1/recordings?cursor=${cursors.recordings}&accountSid=${OTHER}`,
    400,
    'take it unchanged',
  ),
  'half a cursor': get(() => `/v1/recordings?cursor=${cursors.recordings.slice(0, 30)}`, 400, 'take it unchanged'),
  'a cursor of one’s own making': get(
    `/v1/recordings?cursor=${Buffer.from(`["2026-01-01T00:00:00Z","${RE}"]`).toString('base64url')}`,
    ...([400, 'take it unchanged'] as const),
  ),
};

const grant = { name: 'x', role: 'reviewer', accounts: [ACCOUNT] };
const consent = { callSid: CA, party: 'caller', outcome: 'granted' };

const BODIES: Record<string, Bad> = {
  'no JSON': post('/v1/consents', '{', 400, 'JSON'),
  'something else than an object': post('/v1/consents', '[]', 400, /object/),
  'nothing at all': { ask: 'POST /v1/tokens', status: 400, says: /./ },
  'another media type': {
    ...post('/v1/tokens', JSON.stringify(grant), 415, 'application/json'),
    headers: { 'content-type': 'text/plain' },
  },
  'too much': post('/v1/consents', { ...consent, party: 'x'.repeat(20_000) }, 413, '16384 bytes'),
  'a consent for nobody’s call': post('/v1/consents', { party: 'caller', outcome: 'granted' }, 400, /callSid/),
  'a consent for an unknown purpose': post('/v1/consents', { ...consent, purposes: ['sell'] }, 400, 'purposes'),
  'a consent that is neither': post('/v1/consents', { ...consent, outcome: 'maybe' }, 400, 'outcome'),
  'a consent from the future': post('/v1/consents', { ...consent, recordedAt: '2999-01-01T00:00:00Z' }, 400, 'future'),
  'a consent under no name': post('/v1/consents', { ...consent, party: 'The Caller' }, 400, 'such as caller'),
  'a field that there is not': post('/v1/consents', { ...consent, outcoem: 'x' }, 400, 'outcoem'),
  'a token for nothing': post('/v1/tokens', { ...grant, name: ' ' }, 400, 'say what the token is for'),
  'a role that there is not': post('/v1/tokens', { ...grant, role: 'root' }, 400, 'give one of agent, reviewer'),
  'a token for no account': post(
    '/v1/tokens',
    { ...grant, accounts: [] },
    400,
    'accounts: it is empty: give something',
  ),
  'a token for what is no account': post(
    '/v1/tokens',
    { ...grant, accounts: ['*'] },
    400,
    'accounts[0] is "*": an AccountSid is',
  ),
  'a token that is over already': post(
    '/v1/tokens',
    { ...grant, expiresAt: '2020-01-01T00:00:00Z' },
    400,
    'has passed',
  ),
  'a token for ever': post('/v1/tokens', { ...grant, expiresAt: '9000-01-01T00:00:00Z' }, 400, 'TOKEN_LIFETIME_MAX'),
  'an agent of no calls': post('/v1/tokens', { ...grant, role: 'agent' }, 400, 'such as client:alice'),
  'a reviewer of some calls': post(
    '/v1/tokens',
    { ...grant, agentIdentities: ['client:x'] },
    400,
    'only the role agent',
  ),
  'an agent by a wildcard': post('/v1/tokens', { ...grant, role: 'agent', agentIdentities: ['%'] }, 400, 'client:NAME'),
  'more than one’s own token opens': {
    ...post('/v1/tokens', { ...grant, accounts: 'all' }, 403, 'only those that your own token opens'),
    token: () => made.administrator,
  },
  'a retention without a time': {
    ...{
      ask: () => `PUT /v1/recordings/${ours}/retention`,
      body: { deleteAfter: 'tomorrow' },
      status: 400,
      says: 'Z or its offset',
    },
  },
  'a retention that the calendar has not': {
    ...{
      ask: () => `PUT /v1/recordings/${ours}/retention`,
      body: { deleteAfter: '2026-13-01T00:00:00Z' },
      status: 400,
      says: 'deleteAfter',
    },
  },
  'a hold without a matter': post('/v1/holds', { selector: { recordingSid: RE } }, 400, 'matter'),
  'a hold without a selector': post('/v1/holds', { matterId: `mat_${newSid('')}` }, 400, 'selector'),
  'an erasure of nobody': post('/v1/erasures', {}, 400, 'either a number or a callSid'),
  'an erasure of a number without its country': post('/v1/erasures', { number: '0800' }, 400, 'with its country'),
  'an erasure of another tenant’s call': {
    ...post('/v1/erasures', { callSid: CA, accountSid: OTHER }, 404, 'nothing of the account'),
    token: () => made.administrator,
  },
  'a policy that is none': post('/v1/policies', { source: 'name: [' }, 400, 'line'),
};

const HEADERS: Record<string, Bad> = {
  'a range beyond the end': {
    ...get(() => `/v1/recordings/${ours}/media`, 416, 'It has 44 bytes'),
    headers: { ...PURPOSE, range: 'bytes=44-' },
  },
  'a search without a purpose': get('/v1/transcripts?q=refund', 400, 'X-Access-Purpose'),
  'audio without a purpose': get(() => `/v1/recordings/${ours}/media`, 400, 'X-Access-Purpose'),
  'no purpose where one is asked for': get(() => `/v1/recordings/${ours}/transcript`, 400, 'X-Access-Purpose'),
  'a purpose that is too long': {
    ...get(() => `/v1/recordings/${ours}/transcript`, 400, '1 to 200 characters'),
    headers: { 'x-access-purpose': 'x'.repeat(201) },
  },
  'a purpose with a phone number': {
    ...get(() => `/v1/recordings/${ours}/transcript`, 400, 'phone number'),
    headers: { 'x-access-purpose': 'for +14155550100' },
  },
  'an Idempotency-Key with a space': {
    ...post('/v1/consents', consent, 400, 'printable ASCII'),
    headers: { 'idempotency-key': 'a b' },
  },
};

const ALL = { TOKENS, ROLES, ADDRESSES, QUERIES, BODIES, HEADERS };

describe.each(Object.entries(ALL))('%s', (_, rows) => {
  it.each(Object.entries(rows))('%s', async (__, bad) => {
    const asked = typeof bad.ask === 'string' ? bad.ask : bad.ask();
    const [method, path] = asked.startsWith('/') ? ['GET', asked] : (asked.split(' ') as [string, string]);
    const token = bad.token === undefined ? TOKEN : bad.token();
    const { headers = {}, body } = bad;
    const answer = await door.ask(path, token, { method, body, headers });
    expect(answer, answer.text).toMatchObject({ status: bad.status, type: 'application/problem+json' });
    expect(answer.json).toMatchObject({ type: 'about:blank', status: bad.status, title: expect.stringMatching(/./) });
    expect(answer.json.detail).toMatch(
      typeof bad.says === 'string' ? new RegExp(bad.says.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : bad.says,
    );
    // Nothing of what is within, and no secret said again.
    expect(answer.text).not.toMatch(/node_modules|\.ts:|ledger\.|select |at .*\(/);
    if (token !== undefined && token.length > 8) expect(answer.text).not.toContain(token);
  });
});

it('there are 60 of them and more, and none was a surprise', () => {
  expect(Object.values(ALL).flatMap((rows) => Object.keys(rows)).length).toBeGreaterThanOrEqual(60);
  expect(door.api.errors).toEqual([]);
});
