import { readBacklog } from '@onrecord/retention/ledger/backlog';
import { dueOfOthers } from '@onrecord/retention/ledger/due-of-others';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, at, legReported, newSid } from './facts.ts';
import { startLedger, type TestLedger } from './ledger.ts';

let test: TestLedger;
const callSid = newSid('CA');
beforeAll(async () => {
  test = await startLedger();
  await test.take(legReported(callSid));
  await test.pool.query(
    `insert into ledger.erasures (account_sid, erasure_id, call_sid, state, requested_at, requested_by, covers_until)
     values ($1, 'erasure_1', $2, 'running', $3, '{}', $3)`,
    [ACCOUNT, callSid, at(1)],
  );
  await test.pool.query(
    `insert into ledger.erasure_calls (account_sid, erasure_id, call_sid) values ($1, 'erasure_1', $2)`,
    [ACCOUNT, callSid],
  );
});
afterAll(() => test?.close());

// Of these, neither the metric nor the log said anything when they stood still.
it.each([
  ['an erasure', 'update ledger.erasures set next_look_at = $1'],
  ['Twilio’s record of a call that is erased', 'update ledger.erasure_calls set next_attempt_at = $1'],
  ['a call that is to be forgotten', 'update ledger.calls set metadata_look_at = $1'],
])('%s is overdue from its date on, also where nobody has the account any more', async (_, dueAt) => {
  const [due, now] = [at(10), at(12)];
  const seen = async () => [
    (await readBacklog(test.application, now)).overdueSeconds,
    await dueOfOthers(test.application, [], now),
  ];
  for (const never of [null, at(13), ...(dueAt.includes('calls set metadata') ? ['infinity'] : [])]) {
    await test.pool.query(dueAt, [never]);
    expect(await seen()).toEqual([0, []]);
  }
  await test.pool.query(dueAt, [due]);
  expect(await seen()).toEqual([120, [{ accountSid: ACCOUNT, due }]]);
  await test.pool.query(dueAt, [null]);
});
