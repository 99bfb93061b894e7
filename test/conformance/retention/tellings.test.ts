import { classify } from '@onrecord/shared/diagnosis/classify';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { at, legReported, newSid } from './facts.ts';
import { startLedger, type TestLedger } from './ledger.ts';

let test: TestLedger;
beforeAll(async () => {
  test = await startLedger();
});
afterAll(() => test?.close());

/** The same end of one dialled leg, as the Dial's action, the leg's own callback and a list of Twilio's tell it; and its ringing. */
function tellingsOf(callSid: string, parentCallSid: string): OnrecordEvent[] {
  const failed = (errorCodes: string[], sipResponseCode?: number) => ({
    status: 'failed',
    diagnosis: classify({ callStatus: 'failed', sipResponseCode, errorCodes }),
  });
  const dial = { from: undefined, sequenceNumber: undefined, direction: 'outbound-dial', parentCallSid };
  return [
    legReported(callSid, { ...dial, ...failed([]), occurredAt: at(2).toISOString() }),
    legReported(callSid, { ...failed(['32001'], 403), sequenceNumber: 3, sipResponseCode: 403 }),
    legReported(callSid, { ...failed([]), sequenceNumber: undefined, durationSeconds: 0, parentCallSid }),
    legReported(callSid, { status: 'ringing', sequenceNumber: 1, occurredAt: at(-1).toISOString() }),
  ];
}

function ordersOf<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, index) => ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]));
}

async function ledgerOf(callSid: string) {
  const calls = await test.pool.query('select * from ledger.calls where call_sid = $1', [callSid]);
  const statuses = await test.pool.query('select * from ledger.call_statuses where call_sid = $1 order by status', [
    callSid,
  ]);
  return [...calls.rows, ...statuses.rows].map(({ call_sid: _, ...row }) => row);
}

// The Dial's action came first, under the id of the leg's own callback: that one's SIP response, number and sequence were dropped.
it('whoever tells of the end of a leg first, and how often, the ledger has all of the evidence', async () => {
  const parent = newSid('CA');
  const outcomes: unknown[] = [];
  for (const order of ordersOf([0, 1, 2, 3])) {
    const callSid = newSid('CA');
    const tellings = tellingsOf(callSid, parent);
    for (const index of [...order, ...order.toReversed()]) {
      const telling = tellings[index];
      if (telling !== undefined) await test.take(telling);
    }
    outcomes.push(await ledgerOf(callSid));
  }
  expect(outcomes[0]).toMatchObject([
    {
      status: 'failed',
      parent_call_sid: parent,
      direction: 'outbound-dial',
      from_number: '+14155550100',
      to_number: '+14155550142',
      sequence_number: 3,
      duration_seconds: 0,
      sip_response_code: 403,
      status_at: at(0),
    },
    {
      status: 'failed',
      sequence_number: 3,
      occurred_at: at(0),
      diagnosis: { key: 'twilio:32001', evidence: ['twilio:32001', 'call:failed', 'sip:403'] },
    },
    { status: 'ringing', sequence_number: 1 },
  ]);
  for (const outcome of outcomes) expect(outcome).toEqual(outcomes[0]);
});
