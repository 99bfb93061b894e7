import { createRoute, z } from '@hono/zod-openapi';
import { expect, it } from 'vitest';
import { purposeHeader } from './access/record-access.ts';
import { tokenRequest } from './access/token-schemas.ts';
import { consentRequest } from './consents/consent-request.ts';
import { numberFilter } from './filters.ts';
import { holdRequest } from './holds/hold-schemas.ts';
import { pageQuery } from './pages.ts';
import { onError } from './problems.ts';
import { newRoutes } from './routes.ts';

const CALL = `CA${'a'.repeat(32)}`;
const MATTER = `mat_${'0'.repeat(32)}`;

/** One route for each body, as they are checked in the real ones. */
const app = newRoutes();
app.onError(onError(() => undefined));
for (const [path, schema] of Object.entries({ consents: consentRequest, holds: holdRequest, tokens: tokenRequest })) {
  const request = { body: { required: true, content: { 'application/json': { schema } } } };
  const route = createRoute({ method: 'post', path: `/${path}`, request, responses: { 200: { description: '' } } });
  app.openapi(route, (c) => c.body(null, 200));
}
const query = z.strictObject({ ...pageQuery, number: numberFilter, held: z.enum(['true', 'false']).optional() });
const list = createRoute({
  method: 'get',
  path: '/list',
  request: { query, headers: purposeHeader },
  responses: { 200: { description: '' } },
});
app.openapi(list, (c) => c.body(null, 200));

async function detailOf(path: string, init?: RequestInit): Promise<string> {
  const answer = await app.request(path, init);
  expect(answer.status).toBe(400);
  return ((await answer.json()) as { detail: string }).detail;
}

const post = (path: string, body: unknown) =>
  detailOf(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

// "Invalid input: expected string, received undefined" is what a checker says to whoever wrote the schema.
it.each([
  [
    '/consents',
    { party: 7, callSid: CALL },
    'party is 7: say whose answer it is, such as caller; outcome is missing: give',
  ],
  ['/consents', [], 'the body is no object: send { … }'],
  ['/consents', '{"callSid":', 'The body is not JSON: send it as /openapi.json describes it'],
  [
    '/consents',
    { callSid: CALL, party: 'caller', outcome: 'grantd' },
    'outcome is "grantd": did you mean granted? give',
  ],
  [
    '/consents',
    { callSid: CALL, party: 'caller', outcome: 'granted', purposes: ['record', 'sell'] },
    'purposes[1] is "sell": give "record" or',
  ],
  [
    '/consents',
    { callSid: CALL, party: 'caller', outcome: 'granted', proof: { offsetSeconds: '4' } },
    'proof.offsetSeconds is "4": give a number',
  ],
  [
    '/consents',
    { callSid: CALL, party: 'caller', outcome: 'granted', partyy: 'x' },
    'there is no "partyy" here: did you mean party? it takes "accountSid", ',
  ],
  [
    '/consents',
    { number: '555 0100', party: 'caller', outcome: 'granted' },
    'number: give a number with + and its country code',
  ],
  [
    '/holds',
    { matterId: MATTER, selector: { form: '2026-01-01T00:00:00Z' } },
    'selector: there is no "form" here: did you mean from? it takes',
  ],
  [
    '/holds',
    { matterId: 'mat_1', selector: { wholeAccount: 'yes' } },
    'matterId is "mat_1": the id of a matter is mat_ and 32',
  ],
  [
    '/tokens',
    { name: 'x', role: 'agent', accounts: ['AC1'] },
    'accounts[0] is "AC1": an AccountSid is AC and 32 hexadecimal digits',
  ],
  [
    '/tokens',
    { name: 'x', role: 'agent', accounts: 'some' },
    'accounts is "some": give "all", or a list of AccountSids',
  ],
  [
    '/tokens',
    { name: 'x', role: 'agent', accounts: 'all', agentIdentities: [] },
    'agentIdentities: it is empty: give something',
  ],
])('says of %s with %j which field, what it is and what to give', async (path, body, said) => {
  expect(await post(path, body)).toContain(said);
});

it.each([
  ['/list?limt=5', 'there is no "limt" here: did you mean limit?'],
  ['/list?limit=ten', 'limit is "ten": give a whole number from 1 to 200'],
  ['/list?held=yes', 'held is "yes": give "true" or "false"'],
  ['/list?held=true&held=true', 'held is there 2 times: give it once'],
])('says the same of the filters in %s', async (path, said) => {
  expect(await detailOf(path)).toContain(said);
});

// What came was kept as "BeschwÃ¤rde".
it('takes no purpose that a header cannot carry', async () => {
  const detail = await detailOf('/list', { headers: { 'x-access-purpose': 'Beschwerde über ihn' } });
  expect(detail).toContain('give plain ASCII, such as ue for ü: a header carries no other letters');
});

it('names a header as people write it, and repeats no number', async () => {
  const detail = await detailOf('/list', { headers: { 'x-access-purpose': 'asked by +1 415 555 0100' } });
  expect(detail).toBe('X-Access-Purpose: name the person in another way than by a phone number: it would be kept.');
});
