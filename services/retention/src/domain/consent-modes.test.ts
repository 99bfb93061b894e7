import { describe, expect, it } from 'vitest';
import { answer, CALL, CHILD, callFacts, conferenceFacts, minute, policy, sid } from '../testing/given.ts';
import { NOTICE } from './consent.ts';
import { type ClearanceFacts, decideClearance } from './decide-clearance.ts';
import { ruleBook } from './jurisdictions/built-in.ts';
import type { ConsentMode } from './policy.ts';
import { type Party, placesRule } from './who-must-agree.ts';

const book = ruleBook();
const decided = (mode: ConsentMode, facts: ClearanceFacts, at = minute(30)) =>
  decideClearance(facts, { ...policy, consentMode: mode }, at);

/** A call from one place to another, through a leg to an agent where that one is named too. */
function callBetween(from: readonly string[], agent?: readonly string[], fields: Partial<ClearanceFacts> = {}) {
  const end = (callSid: string, side: Party['side'], places: readonly string[], isPerson: boolean): Party => ({
    ...{ callSid, side, places, isPerson, tookPart: true },
  });
  const parties = [
    ...[end(CALL, 'from', from, true), end(CALL, 'to', ['US-NY'], false)],
    ...(agent === undefined ? [] : [end(CHILD, 'from', ['US-NY'], false), end(CHILD, 'to', agent, true)]),
  ];
  const facts = callFacts([], { legs: agent === undefined ? [CALL] : [CALL, CHILD], parties, ...fields });
  return { ...facts, places: placesRule(facts, book) };
}

describe('by rule', () => {
  it('keeps a call within New York unless somebody refuses', () => {
    const facts = callBetween(['US-NY'], ['US-NY']);
    expect(decided('by-rule', facts)).toMatchObject({
      outcome: 'cleared',
      purposes: ['store', 'transcribe'],
      rule: 'one-party-rule',
      basis: { mode: 'by-rule', requirement: 'one-party', jurisdiction: 'US-NY', rulesVersion: book.version },
      reason: expect.stringMatching(/^Nobody refused\. By the law of US-NY .* the agreement of one party is enough/),
    });
    const consents = [answer('refused', { callSid: CHILD, party: 'agent' })];
    expect(decided('by-rule', { ...facts, consents }).outcome).toBe('refused');
    expect(decided('by-rule', { ...facts, consents: [answer('refused', { purposes: ['transcribe'] })] })).toMatchObject(
      {
        outcome: 'cleared',
        purposes: ['store'],
      },
    );
  });

  it('asks everybody on the call where one is in California, and says whose agreement is missing and why', () => {
    const facts = callBetween(['US-CA'], ['US-NY'], { consents: [answer('granted')] });
    expect(decided('by-rule', facts)).toMatchObject({
      outcome: 'waiting',
      reason: expect.stringMatching(new RegExp(`no answer from ${CHILD}\\. By the law of US-CA \\(Cal\\. Penal Code`)),
      releasedBy: [`An agreement to recording recorded for call ${CHILD}.`],
    });
    const consents = [
      answer('granted'),
      answer('granted', { callSid: CHILD, party: 'agent', isByNumber: true, at: -20 }),
    ];
    expect(decided('by-rule', { ...facts, consents })).toMatchObject({ outcome: 'cleared', rule: 'all-party-rule' });
  });

  it('asks for a notice in Ontario, and takes an agreement for one', () => {
    const facts = callBetween(['CA-ON']);
    expect(decided('by-rule', facts)).toMatchObject({ outcome: 'waiting', reason: expect.stringMatching(/was told/) });
    for (const method of [NOTICE, 'key-press']) {
      const consents = [answer('granted', { method })];
      expect(decided('by-rule', { ...facts, consents })).toMatchObject({ outcome: 'cleared', rule: 'notice-rule' });
    }
  });

  it('asks everybody where a place is unknown, and says how to make it known', () => {
    expect(decided('by-rule', callBetween([]))).toMatchObject({
      outcome: 'waiting',
      reason: expect.stringMatching(/Where a party is, is not known from its number, so everybody must agree\.$/),
      releasedBy: [expect.stringMatching(/agreement/), expect.stringMatching(/JURISDICTIONS_FILE/)],
    });
  });

  it('takes a leg that nobody answered for nobody', () => {
    const facts = callBetween(['US-NY'], ['US-CA']);
    const parties = facts.parties.map((party) => ({ ...party, tookPart: party.callSid !== CHILD }));
    expect(decided('by-rule', { ...facts, places: placesRule({ ...facts, parties }, book), parties }).outcome).toBe(
      'cleared',
    );
  });

  it('waits for legs that are reported late, to the millisecond', () => {
    const facts = callBetween(['US-NY']);
    const settled = minute(0).getTime() + policy.conferenceSettleMs;
    expect(decided('by-rule', facts, new Date(settled - 1))).toMatchObject({
      outcome: 'waiting',
      rule: 'call-settling',
      reviewAt: new Date(settled),
    });
    expect(decided('by-rule', facts, new Date(settled)).outcome).toBe('cleared');
  });

  it('takes a leg of which nothing was reported for one that may be anywhere', () => {
    const facts = callBetween(['US-NY'], undefined, { legs: [CALL, CHILD] });
    expect(facts.places).toEqual({ requirement: 'all-party', version: book.version });
  });
});

describe('by notice', () => {
  const told = answer('granted', { method: NOTICE });

  it('keeps what the recorded party was told of, and explicit mode does not', () => {
    const facts = callFacts([told]);
    expect(decided('notice', facts)).toMatchObject({ outcome: 'cleared', rule: 'call-party-told' });
    expect(decided('explicit', facts).outcome).toBe('waiting');
  });

  it('undoes no refusal, however late the notice', () => {
    expect(decided('notice', callFacts([answer('refused', { method: 'written', at: -60 }), told])).outcome).toBe(
      'refused',
    );
  });

  it('asks for every participant of a conference', () => {
    const [ANNA, BEN] = [sid('CA', '1'), sid('CA', '2')];
    const notice = (callSid: string) => answer('granted', { callSid, method: NOTICE });
    expect(decided('notice', conferenceFacts([ANNA, BEN], [notice(ANNA)])).outcome).toBe('waiting');
    expect(decided('notice', conferenceFacts([ANNA, BEN], [notice(ANNA), notice(BEN)]))).toMatchObject({
      outcome: 'cleared',
      rule: 'every-participant-told',
    });
  });
});

it('without asking, everything is kept that nobody refused, a conference at once', () => {
  expect(decided('none', callFacts())).toMatchObject({ outcome: 'cleared', purposes: ['store', 'transcribe'] });
  expect(decided('none', conferenceFacts([]), minute(0))).toMatchObject({
    outcome: 'cleared',
    rule: 'no-consent-asked',
  });
  expect(decided('none', callFacts([answer('refused')])).outcome).toBe('refused');
});

describe('an agreement with an end', () => {
  // The recording was made at minute -5.
  it.each([
    ['before the recording was made', -6, 'waiting'],
    ['as it was made', -5, 'waiting'],
    ['after it was made', -4, 'cleared'],
  ])('that ended %s', (_, expiresAt, outcome) => {
    expect(decided('explicit', callFacts([answer('granted', { at: -60, expiresAt: minute(expiresAt) })])).outcome).toBe(
      outcome,
    );
  });

  it('allows a transcript until then, and keeps the recording after', () => {
    const facts = callFacts([answer('granted', { expiresAt: minute(20) })]);
    expect(decided('explicit', facts, minute(19))).toMatchObject({ purposes: ['store', 'transcribe'] });
    expect(decided('explicit', facts, minute(20))).toMatchObject({ outcome: 'cleared', purposes: ['store'] });
  });
});

describe('an answer by number', () => {
  const byNumber = (outcome: 'granted' | 'refused' | 'withdrawn', at: number) =>
    answer(outcome, { at, isByNumber: true, party: 'customer', method: 'written' });

  it.each([
    ['an agreement of before the call counts', 'granted', -60, 'cleared'],
    ['an agreement of after it does not', 'granted', 60, 'waiting'],
    ['a refusal of before the call counts', 'refused', -60, 'refused'],
    ['a refusal of after it is for the next one', 'refused', 60, 'waiting'],
  ] as const)('%s', (_, outcome, at, expected) => {
    expect(decided('explicit', callFacts([byNumber(outcome, at)])).outcome).toBe(expected);
  });

  it('gives way to what its party answered on the call', () => {
    expect(decided('explicit', callFacts([byNumber('refused', -60), answer('granted')])).outcome).toBe('cleared');
    expect(decided('explicit', callFacts([byNumber('granted', -60), answer('refused')])).outcome).toBe('refused');
  });

  it('takes back, when it is withdrawn, what was agreed to on calls that are over', () => {
    expect(decided('explicit', callFacts([answer('granted'), byNumber('withdrawn', 60)]))).toMatchObject({
      outcome: 'refused',
      cause: 'withdrawal',
    });
  });
});
