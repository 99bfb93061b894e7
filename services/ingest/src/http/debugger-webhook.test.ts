import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEBUGGER, debuggerForm, PAYLOAD } from '../testing/alerts.ts';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, post, sid } from '../testing/signed-request.ts';

const PATH = '/webhooks/debugger';

test('an alert becomes a durable fact about its call, without what the webhook at fault was asked and answered', async () => {
  const { app, published } = ingest();
  expect((await app.request(...post(PATH, debuggerForm()))).status).toBe(204);
  expect(published).toMatchObject([
    {
      id: `alert:${DEBUGGER.Sid}`,
      subject: sid('CA'),
      time: '2026-11-21T09:58:20.000Z',
      data: { level: 'error', errorCode: '11200', callSid: sid('CA'), text: 'Got HTTP 502 response' },
    },
  ]);
  expect(JSON.stringify(published)).not.toMatch(/14155550100|secret greeting/);
});

test.each([
  ['another resource, whose webhook was asked about the call', { resource_sid: sid('PN') }, 'PN'],
  ['no resource', { resource_sid: null }, undefined],
])('an alert about %s is of the call that its request names', async (_, difference, prefix) => {
  const { app, published } = ingest();
  const webhook = { request: { parameters: { CallSid: sid('CA', 'B') } } };
  await app.request(...post(PATH, debuggerForm({ ...PAYLOAD, webhook, ...difference })));
  expect(published).toMatchObject([{ data: { callSid: sid('CA', 'b') } }]);
  expect(published[0]?.data).toHaveProperty('resourceSid', prefix && sid(prefix));
});

// A webhook that answered with a long TwiML document made its alert longer than a callback may be: it was refused for ever.
test('an alert may be longer than any other callback', async () => {
  const { app, published } = ingest();
  const webhook = { response: { body: '<Say/>'.repeat(20_000) } };
  expect((await app.request(...post(PATH, debuggerForm({ ...PAYLOAD, webhook })))).status).toBe(204);
  expect(published).toHaveLength(1);
});

// With a charset beside it, the type was taken for another one and the alert was lost.
test.each(['application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json'])(
  'an alert whose payload is %s is kept',
  async (PayloadType) => {
    const { app, published } = ingest();
    expect((await app.request(...post(PATH, debuggerForm(PAYLOAD, { PayloadType })))).status).toBe(204);
    expect(published).toMatchObject([{ id: `alert:${DEBUGGER.Sid}` }]);
  },
);

test.each([
  ['informational', debuggerForm(PAYLOAD, { Level: 'INFO' })],
  ['unknown-kind', debuggerForm(PAYLOAD, { PayloadType: 'text/plain' })],
  ['other-account', debuggerForm(PAYLOAD, { AccountSid: sid('AC', 'f'), ParentAccountSid: ACCOUNT })],
])('what is %s is answered 204, counted, told, and not kept', async (reason, form) => {
  const { app, published, logged, registry } = ingest();
  expect((await app.request(...post(PATH, form))).status).toBe(204);
  expect(published).toEqual([]);
  expect(logged.join('')).toContain(reason);
  expect(await registry.metrics()).toContain(`onrecord_ingest_left_out_total{reason="${reason}"} 1`);
});

test.each([
  ['Payload', debuggerForm(PAYLOAD, { Payload: '' })],
  ['error_code', debuggerForm({ resource_sid: sid('CA') })],
  ['error_code', debuggerForm(PAYLOAD, { Payload: '[not json' })],
  ['Sid', debuggerForm(PAYLOAD, { Sid: 'NO1' })],
])('without %s it is no alert', async (parameter, form) => {
  const { app, published } = ingest();
  const answer = await app.request(...post(PATH, form));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ parameter });
  expect(published).toEqual([]);
});

test('an alert that Twilio did not sign is refused', async () => {
  const { app, published } = ingest();
  expect((await app.request(...post(PATH, debuggerForm(), { token: 'another' }))).status).toBe(403);
  expect(published).toEqual([]);
});

test('an alert says why, from the catalogue; a code that nobody knows is said to be unknown', async () => {
  const { app, published } = ingest();
  for (const code of ['13201', '98765'])
    await app.request(...post(PATH, debuggerForm({ ...PAYLOAD, error_code: code })));
  expect(published).toMatchObject([
    { data: { diagnosis: { key: 'twilio:13201', isKnown: true, retry: { helps: 'no' } } } },
    { data: { diagnosis: { key: 'twilio:98765', isKnown: false, page: expect.stringContaining('/98765') } } },
  ]);
});

test('any payload gets an answer, and never a 500', async () => {
  const { app } = ingest();
  const info = fc.dictionary(fc.constantFrom('Msg', 'ErrorCode', 'sip_response', '__proto__', 'x'), fc.jsonValue());
  const payloads = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({ error_code: fc.jsonValue(), more_info: info }).map((value) => JSON.stringify(value)),
  );
  await fc.assert(
    fc.asyncProperty(payloads, fc.string(), async (Payload, Level) => {
      const answer = await app.request(...post(PATH, { ...DEBUGGER, Payload, Level }));
      expect([204, 400, 403]).toContain(answer.status);
    }),
  );
});
