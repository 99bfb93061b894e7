import { describe, expect, test } from 'vitest';
import { DEBUGGER, debuggerForm, errorLog } from '../testing/alerts.ts';
import { accountOf, ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, get, post, postJson, RECORDING, sid, TOKEN } from '../testing/signed-request.ts';

const OTHER = sid('AC', 'b');
const accounts = [accountOf(ACCOUNT, TOKEN), accountOf(OTHER, 'other-token', 'other-next')];
const ofOther = { ...RECORDING, AccountSid: OTHER };

describe('with several accounts', () => {
  test.each([
    ['one', RECORDING, TOKEN, ACCOUNT],
    ['another', ofOther, 'other-token', OTHER],
    ['another whose token is rotated', ofOther, 'other-next', OTHER],
    ['another in other letters', { ...RECORDING, AccountSid: OTHER.toLowerCase() }, 'other-token', OTHER],
  ])('a recording of %s is a fact of it', async (_, parameters, token, accountSid) => {
    const { app, published } = ingest({ accounts });
    expect((await app.request(...post('/webhooks/recording', parameters, { token }))).status).toBe(204);
    expect(published).toMatchObject([{ data: { accountSid } }]);
  });

  test('an account’s token signs nothing of another one, and the log says whose it is', async () => {
    const { app, published, logged } = ingest({ accounts });
    const parent = { ...RECORDING, ParentAccountSid: OTHER };
    for (const parameters of [RECORDING, parent]) {
      const answer = await app.request(...post('/webhooks/recording', parameters, { token: 'other-token' }));
      expect(answer.status).toBe(403);
    }
    expect((await app.request(...post('/webhooks/recording', ofOther))).status).toBe(403);
    expect(published).toEqual([]);
    expect(logged.filter((line) => line.includes('"cause":"other-account"'))).toHaveLength(3);
    expect(logged.join('')).not.toMatch(/other-token|the-auth-token/);
  });

  test('an account that is not configured is refused with its SID and the remedy', async () => {
    const { app, logged, registry } = ingest({ accounts });
    for (const AccountSid of [sid('AC', 'c'), `${ACCOUNT},${OTHER}`, '__proto__']) {
      expect((await app.request(...post('/webhooks/recording', { ...RECORDING, AccountSid }))).status).toBe(403);
    }
    expect(logged.join('')).toContain(`"accountSid":"${sid('AC', 'c')}"`);
    expect(logged.join('')).toContain('ACCOUNTS_FILE');
    expect(await registry.metrics()).toContain('near_miss="unknown-account"} 3');
  });

  test('what names no account is still no callback', async () => {
    const { AccountSid: _, ...nameless } = RECORDING;
    const { app, logged } = ingest({ accounts });
    const answer = await app.request(...post('/webhooks/recording', nameless));
    expect(answer.status).toBe(400);
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ parameter: 'AccountSid', callSid: RECORDING.CallSid });
    expect(await answer.json()).toMatchObject({ parameter: 'AccountSid' });
  });

  // All tokens were tried over all of it: one unsigned form of 1 MiB blocked ingest for seconds with 50 accounts.
  test('a form or a query that names no account is refused before any signature is computed', async () => {
    const { app, registry } = ingest({ accounts });
    const { AccountSid: _, ...nameless } = RECORDING;
    const forged = [
      post('/webhooks/debugger', { Payload: 'x'.repeat(500_000) }, { token: 'forged' }),
      post('/webhooks/recording', nameless, { token: 'forged' }),
      get('/webhooks/recording', new URLSearchParams(nameless).toString(), { token: 'forged' }),
    ];
    for (const request of forged) {
      const answer = await app.request(...request);
      expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ parameter: 'AccountSid' })]);
    }
    expect(await registry.metrics()).not.toContain('onrecord_ingest_signature_failures_total{');
  });

  test('JSON that names no account is first tried with every token, over its address', async () => {
    const { app, registry } = ingest({ accounts });
    const [url, init] = postJson('/webhooks/recording', {});
    expect((await app.request(url, init)).status).toBe(400);
    const headers = { ...init.headers, 'x-twilio-signature': 'forged' };
    expect((await app.request(url, { ...init, headers })).status).toBe(403);
    expect(await registry.metrics()).toMatch(/signature_failures_total\{.*\} 1/);
  });

  // The near misses of a long form, over it all, took a fifth of a second with 50 accounts.
  test('why a form longer than any callback is not signed is not looked for', async () => {
    const { app, registry } = ingest({ accounts });
    const form = debuggerForm(undefined, { Payload: 'x'.repeat(100_000) });
    expect((await app.request(...post('/webhooks/debugger', form, { token: 'other-token' }))).status).toBe(403);
    expect(await registry.metrics()).toContain('reason="mismatch",near_miss="not-looked-for"} 1');
  });

  test('a subaccount’s alert may come by its parent’s debugger webhook', async () => {
    const { app, published } = ingest({ accounts });
    const parameters = debuggerForm(undefined, { AccountSid: OTHER, ParentAccountSid: ACCOUNT });
    expect((await app.request(...post('/webhooks/debugger', parameters))).status).toBe(204);
    expect(published).toMatchObject([{ data: { accountSid: OTHER, alertSid: DEBUGGER.Sid } }]);
    const unknown = debuggerForm(undefined, { AccountSid: sid('AC', 'c'), ParentAccountSid: ACCOUNT });
    expect((await app.request(...post('/webhooks/debugger', unknown))).status).toBe(204);
    expect(published).toHaveLength(1);
  });

  test('of a delivery of Event Streams, what is of the account that signed it is kept', async () => {
    const { app, published } = ingest({ accounts });
    const [url, init] = postJson('/webhooks/events', [errorLog(), errorLog({ account_sid: OTHER })]);
    expect((await app.request(url, init)).status).toBe(204);
    expect(published).toMatchObject([{ data: { accountSid: ACCOUNT } }]);
  });
});
