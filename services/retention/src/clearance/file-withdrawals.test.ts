import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type OnrecordEvent, withdrawalKey } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { ObjectStoreError } from '@onrecord/shared/object-store/port';
import { expect, it, onTestFinished } from 'vitest';
import type { Decision } from '../domain/custody.ts';
import { decide } from '../domain/decide.ts';
import { decisionEvents } from '../domain/decision-events.ts';
import { answer, callFacts, entryOf, minute, policy, recording } from '../testing/given.ts';
import { filingWithdrawals } from './file-withdrawals.ts';

async function openTestStore() {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-withdrawals-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return openObjectStore({ kind: 'file', folder });
}

/** Cleared, then refused. */
function clearedThenRefused(): [OnrecordEvent, OnrecordEvent] {
  let previous: Decision | undefined;
  const events = [[answer('granted')], [answer('granted'), answer('refused', { at: 2 })]].map((consents, index) => {
    const facts = callFacts(consents);
    const decision = decide(entryOf(facts, { decision: previous }), policy, minute(index + 1));
    if (decision === undefined) throw new Error('nothing was decided');
    const [event] = decisionEvents(facts.recording, decision, previous, policy);
    previous = decision;
    return event;
  });
  return events as [OnrecordEvent, OnrecordEvent];
}

const key = withdrawalKey(recording(), 1);

it('a clearance is written down as withdrawn before the refusal is published, also when that is tried again', async () => {
  const store = await openTestStore();
  const [cleared, refused] = clearedThenRefused();
  const found: boolean[] = [];
  const publish = async () => void found.push((await store.head(key)) !== undefined);
  const filing = filingWithdrawals({ publish }, store);
  await filing.publish([cleared]);
  await filing.publish([refused]);
  await filing.publish([refused]);
  expect(found).toEqual([false, true, true]);
  expect(JSON.parse(await text((await store.get(key)).body))).toEqual({
    schema: 'onrecord.withdrawal.v1',
    accountSid: recording().accountSid,
    recordingSid: recording().recordingSid,
    clearance: 1,
    withdrawnBy: refused.id,
    decidedAt: minute(2).toISOString(),
  });
});

it('the clearance that is written down is the one that is carried out, and not one that continued it', async () => {
  const store = await openTestStore();
  const [, refused] = clearedThenRefused();
  const data = { ...refused.data, decision: 3, supersededClearance: 1 };
  await filingWithdrawals({ publish: async () => undefined }, store).publish([{ ...refused, data } as OnrecordEvent]);
  expect([await store.head(key), await store.head(withdrawalKey(recording(), 2))]).toEqual([
    expect.anything(),
    undefined,
  ]);
});

it('a refusal that cannot be written down is not published: the outbox keeps it', async () => {
  const store = await openTestStore();
  const published: OnrecordEvent[] = [];
  const publish = async (events: readonly OnrecordEvent[]) => void published.push(...events);
  const put = async () => {
    throw new ObjectStoreError('the disk is full', { retryable: true });
  };
  const [, refused] = clearedThenRefused();
  await expect(filingWithdrawals({ publish }, { ...store, put }).publish([refused])).rejects.toThrow('disk is full');
  expect(published).toEqual([]);
});
