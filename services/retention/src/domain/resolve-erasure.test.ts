import { expect, it } from 'vitest';
import { callFacts, entryOf, minute, policy, recording } from '../testing/given.ts';
import type { RecordingEntry } from './custody.ts';
import { planDeletion } from './plan-deletion.ts';
import { resolveErasure, restrictionOf } from './resolve-erasure.ts';

const erasure = { erasureId: 'e', requestedAt: minute(5), isShared: false };
const covered = (fields: Partial<RecordingEntry> = {}) =>
  entryOf(callFacts(), {
    erasure,
    archive: { store: 'file:///x', prefix: 'x/', storedAt: minute(1) },
    ...fields,
  });
const holds = [{ holdId: 'h', matterId: 'Doe v Acme' }] as unknown as NonNullable<RecordingEntry['holds']>;

it('lets what nothing keeps go at once', () => {
  expect(resolveErasure(covered(), policy).result).toBe('due');
  expect(planDeletion(covered(), policy)).toMatchObject({ cause: 'erasure', deleteAfter: minute(5) });
});

// It was settled as erased, and nobody looked at it again, while its audio stood in a folder that nobody had told of yet.
it('takes what was deleted at Twilio for erased only where nothing of it can be stored here', () => {
  const facts = callFacts([], { recording: recording({ status: 'deleted' }) });
  const gone = (fields: Partial<RecordingEntry>) =>
    resolveErasure(entryOf(facts, { erasure, ...fields }), policy).result;
  expect(gone({})).toBe('erased');
  expect(gone({ prefix: 'x/' })).toBe('due');
  expect(gone({ transcript: { storedAt: minute(3) } })).toBe('due');
});

it('keeps what is held, unread, and plans it when the last hold is released', () => {
  expect(resolveErasure(covered({ holds }), policy)).toMatchObject({
    result: 'held',
    why: expect.stringMatching(/Doe v Acme/),
  });
  expect(planDeletion(covered({ holds }), policy)).toBeUndefined();
  expect(restrictionOf(covered({ holds }), policy)).toMatch(/held for Doe v Acme/);
  expect(resolveErasure(covered({ holds: [] }), policy).result).toBe('due');
});

it('keeps what the law asks for until then, after any hold', () => {
  const lawful = {
    ...policy,
    minimums: [{ classes: ['audio'], period: { ms: 86_400_000 }, source: 'Some Act § 1' }],
  } as const;
  expect(resolveErasure(covered(), lawful)).toMatchObject({
    result: 'statutory',
    why: expect.stringMatching(/Some Act § 1/),
    until: new Date(minute(1).getTime() + 86_400_000),
  });
  expect(resolveErasure(covered({ holds }), lawful).result).toBe('held');
  // It said "until then", and no date.
  expect(restrictionOf(covered(), lawful)).toMatch(/ The law asks for it until 20\S+Z: Some Act § 1\.$/);
});

it.each([
  ['erase', 'due'],
  ['restrict', 'restricted'],
  ['keep-with-pseudonym', 'kept'],
] as const)('does with the recording of a shared call what the policy says: %s', (sharedCalls, result) => {
  const shared = covered({ erasure: { ...erasure, isShared: true } });
  expect(resolveErasure(shared, { ...policy, sharedCalls }).result).toBe(result);
  expect(restrictionOf(shared, { ...policy, sharedCalls }) === undefined).toBe(result === 'kept');
});

it('says of a shared call that stays until when nobody reads it', () => {
  const shared = covered({ erasure: { ...erasure, isShared: true } });
  const restricting = { ...policy, sharedCalls: 'restrict' } as const;
  const end = planDeletion(shared, restricting)?.deleteAfter.toISOString();
  expect(restrictionOf(shared, restricting)).toMatch(
    new RegExp(`until its schedule and .* By that it goes at ${end}\\.$`),
  );
});
