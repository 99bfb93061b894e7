import { describe, expect, it } from 'vitest';
import { answer, CALL, callFacts, entryOf, minute, policy } from '../testing/given.ts';
import { RETENTION } from './actor.ts';
import { auditOfChange } from './audit-of-change.ts';
import { beginDeletion, groundOf } from './begin-deletion.ts';
import type { Consent } from './consent.ts';
import { decide } from './decide.ts';
import { describeRequester } from './requester.ts';

const OPERATOR = { kind: 'token', id: 'tok_1', role: 'compliance' } as const;

const requestedAfter = (...consents: Consent[]) => {
  const entry = entryOf(callFacts(consents));
  const clearance = decide(entry, policy, minute(9))?.clearance;
  if (clearance?.outcome !== 'refused') throw new Error('it was not refused');
  return groundOf(entry, clearance.cause, policy, minute(9)).requestedBy;
};

// The certificate of every withdrawal named the service, which asked for nothing.
describe('a deletion after a refusal or withdrawal is requested', () => {
  it('by the token that recorded it', () => {
    const withdrawn = answer('withdrawn', { at: 2, method: 'letter', recordedBy: OPERATOR });
    expect(requestedAfter(answer('granted'), withdrawn)).toEqual(OPERATOR);
  });

  it('by the answer in the call itself, where nobody recorded it', () => {
    const by = requestedAfter(answer('refused'));
    expect(by).toEqual({ kind: 'answer', id: CALL, method: 'key-press' });
    expect(by && describeRequester(by)).toBe(`answer by key-press in ${CALL}`);
  });

  it('by the first of several, and by a refusal where it is no withdrawal', () => {
    const withdrawn = answer('withdrawn', { party: 'called', at: 1, recordedBy: OPERATOR });
    const refused = answer('refused', { at: 2 });
    expect(requestedAfter(refused, withdrawn)).toMatchObject({ kind: 'answer' });
    const later = answer('withdrawn', { party: 'caller', at: 3 });
    expect(requestedAfter(answer('granted'), later, withdrawn)).toEqual(OPERATOR);
  });

  it('and its audit entry has the service for its actor there, and says which answer it follows', () => {
    const before = entryOf(callFacts([answer('refused')]));
    const order = { cause: 'refusal', now: minute(9), ...groundOf(before, 'refusal', policy, minute(9)) } as const;
    expect(auditOfChange(before, beginDeletion(before, order), minute(9))).toMatchObject([
      { kind: 'deletion.begun', actor: RETENTION, details: { answer: { in: CALL, method: 'key-press' } } },
    ]);
  });

  it('and never names a number that somebody took for a method', () => {
    expect(requestedAfter(answer('refused', { method: '+1 415 555 0100' }))).toMatchObject({
      method: '[like a phone number]',
    });
  });
});
