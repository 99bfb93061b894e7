import { expect, test } from 'vitest';
import { announceNext, announceStart } from './announce.ts';
import { readConfig } from './config.ts';
import { DEMO_CALLS } from './demo/demo-plan.ts';

const told = (environment: Record<string, string>) =>
  announceStart(readConfig(environment), { simulator: undefined, notice: undefined }, false, 1);

// A mistyped ACCOUNTS_FILE, and an address without an account, once passed without a word.
test('what is set for a real account is said to be unused while Twilio is simulated', () => {
  const given = { ACCOUNTS_FILE: '/tmp/nope', PUBLIC_BASE_URL: 'https://calls.example.com' };
  expect(told(given)).toContain(
    'not used, because Twilio is simulated: PUBLIC_BASE_URL, ACCOUNTS_FILE; an account needs',
  );
  expect(told({})).not.toContain('not used');
  const account = { TWILIO_ACCOUNT_SID: `AC${'a'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };
  expect(told({ ...given, ...account })).not.toContain('not used');
});

// It was `onrecord consent CA…` still, which the command line no longer knows.
test('the consent that it proposes to record is of the call that is withheld, by a command that there is', () => {
  const callSid = `CA${'c'.repeat(32)}`;
  const placed = { callSid, callSids: [callSid], deliveries: [], problems: [] };
  const calls = DEMO_CALLS.map((call) => ({ call, placed }));
  expect(announceNext(calls, readConfig({}))).toContain(`onrecord consents record ${callSid} --granted\n`);
});
