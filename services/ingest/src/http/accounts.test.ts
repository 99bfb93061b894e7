import { describe, expect, test } from 'vitest';
import { DEBUGGER, debuggerForm, errorLog } from '../testing/alerts.ts';
import { accountOf, ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, post, postJson, RECORDING, sid, TOKEN } from '../testing/signed-request.ts';

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
    const answer = await ingest({ accounts }).app.request(...post('/webhooks/recording', nameless));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ parameter: 'AccountSid' });
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
