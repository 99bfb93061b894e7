import { describe, expect, it } from 'vitest';
import { answer, callFacts, conferenceFacts, entryOf, minute, policy, sid } from '../testing/given.ts';
import type { Consent } from './consent.ts';
import type { Decision, RecordingEntry } from './custody.ts';
import { decide } from './decide.ts';
import { decisionEvents } from './decision-events.ts';
import { describePurposes } from './explain-decision.ts';
import type { ConsentMode } from './policy.ts';
import { whyNotShared } from './sharing.ts';

const forShare = (outcome: Consent['outcome'], at: number, fields: Partial<Consent> = {}) =>
  answer(outcome, { purposes: ['share'], at, ...fields });

function decideOn(consents: readonly Consent[], { at = 5, mode = 'explicit', ...known }: Given = {}): Decision {
  const decision = decide(entryOf(callFacts(consents), known), { ...policy, consentMode: mode }, minute(at));
  if (decision === undefined) throw new Error('nothing was decided');
  return decision;
}
type Given = Partial<RecordingEntry> & { at?: number; mode?: ConsentMode };

const purposesOf = ({ clearance }: Decision) =>
  clearance.outcome === 'cleared' ? clearance.consented?.map(({ purpose }) => purpose) : undefined;

describe('what anybody may do with a recording', () => {
  // `analyse` and `share` were recorded, and gated nothing.
  it.each<[string, ConsentMode, readonly Consent[], readonly string[]]>([
    ['the built-in prompt, which asks for neither', 'explicit', [answer('granted')], ['record', 'transcribe']],
    [
      'an agreement to sharing',
      'explicit',
      [answer('granted'), forShare('granted', 1)],
      ['record', 'transcribe', 'share'],
    ],
    ['a refusal to share', 'none', [forShare('refused', 1)], ['record', 'transcribe', 'analyse']],
    ['nobody asked', 'none', [], ['record', 'transcribe', 'analyse', 'share']],
    ['a notice of two purposes', 'notice', [answer('granted', { method: 'notice' })], ['record', 'transcribe']],
    [
      'a withdrawal',
      'explicit',
      [answer('granted'), forShare('granted', 1), forShare('withdrawn', 2)],
      ['record', 'transcribe'],
    ],
  ])('follows the same rules for every purpose: %s', (_, mode, consents, purposes) => {
    expect(purposesOf(decideOn(consents, { mode }))).toEqual(purposes);
  });

  it('is asked of everybody in a conference', () => {
    const [ANNA, BEN] = [sid('CA', '1'), sid('CA', '2')];
    const agreed = [answer('granted', { callSid: ANNA }), answer('granted', { callSid: BEN })];
    const facts = conferenceFacts([ANNA, BEN], [...agreed, forShare('granted', 1, { callSid: ANNA })]);
    const decision = decide(entryOf(facts), policy, minute(5)) as Decision;
    expect(purposesOf(decision)).toEqual(['record', 'transcribe']);
    expect(describePurposes(decision, facts)).toContainEqual(
      `To share: not cleared; missing is an agreement to it from ${BEN}.`,
    );
  });

  it('ends with the agreement that it takes, and not while another one goes on', () => {
    const [soon, later] = [minute(60), minute(90)];
    const one = decideOn([answer('granted'), forShare('granted', 1, { expiresAt: soon })]);
    expect(one.clearance).toMatchObject({ consented: [{}, {}, { purpose: 'share', until: soon }] });
    const both = [
      forShare('granted', 1, { expiresAt: soon }),
      forShare('granted', 1, { party: 'called', expiresAt: later }),
    ];
    expect(decideOn([answer('granted'), ...both]).clearance).toMatchObject({ consented: [{}, {}, { until: later }] });
  });
});

describe('an answer to sharing alone', () => {
  const first = decideOn([answer('granted')], { at: 1 });
  const shared = [answer('granted'), forShare('granted', 2)];
  const second = decideOn(shared, { decision: first });
  const { recording } = callFacts();

  // It would have stopped the transcription that was on its way, and paid for another one.
  it('leaves what is being stored and transcribed to go on, and tells what may be done besides', () => {
    expect(second).toMatchObject({ number: 2, continues: { number: 1, decidedAt: minute(1) } });
    const [event] = decisionEvents(recording, second, first, policy);
    expect(event?.data).toMatchObject({
      ...{ decision: 2, supersedesClearance: false, continues: 1, purposes: ['store', 'transcribe'] },
      consented: [{ purpose: 'record' }, { purpose: 'transcribe' }, { purpose: 'share' }],
    });
  });

  it('does not hide from a refusal which clearance is to be stopped', () => {
    const third = decideOn([...shared, answer('refused', { at: 6 })], { decision: second, at: 7 });
    const [event] = decisionEvents(recording, third, second, policy);
    expect(event?.data).toMatchObject({ decision: 3, supersedesClearance: true, supersededClearance: 1 });
  });

  it('puts off no period that counts from the clearance', () => {
    const again = decideOn([...shared, forShare('withdrawn', 8)], { decision: second, at: 9 });
    expect(again.continues).toEqual({ number: 1, decidedAt: minute(1) });
  });

  // A decision of before each purpose was written down would otherwise be made and told again for nothing.
  it('is needed for a new decision where an older one said less', () => {
    const { consented: _, ...clearance } = first.clearance as Extract<Decision['clearance'], { outcome: 'cleared' }>;
    const older = { ...first, clearance };
    expect(decide(entryOf(callFacts([answer('granted')]), { decision: older }), policy, minute(5))).toBeUndefined();
    expect(purposesOf(decideOn(shared, { decision: older }))).toContain('share');
  });

  // What stood by pseudonyms stood against a withdrawal of one purpose, too.
  it('counts once the numbers are replaced, if it is a refusal', () => {
    const numbers = [`psn_${'a'.repeat(22)}`];
    const withdrawn = [...shared, forShare('withdrawn', 6, { purposes: ['transcribe', 'share'] })];
    const third = decideOn(withdrawn, { decision: second, numbers, at: 7 });
    expect(third.clearance).toMatchObject({
      outcome: 'cleared',
      purposes: ['store'],
      consented: [{ purpose: 'record' }],
    });
    const more = [...withdrawn, forShare('granted', 8)];
    const known = { decision: third, numbers };
    expect(decide(entryOf(callFacts(more), known), policy, minute(9))).toBeUndefined();
  });
});

describe('an address that needs no token', () => {
  const why = (consents: readonly Consent[], sharing: 'cleared' | 'unless-refused', at = 10) =>
    whyNotShared({ facts: callFacts(consents), decision: decideOn(consents) }, { sharing }, minute(at));
  const withEnd = [answer('granted'), forShare('granted', 1, { expiresAt: minute(60) })];

  it('is given of what nobody refused to share, where the policy asks for no more', () => {
    expect(why([answer('granted')], 'unless-refused')).toBeUndefined();
    expect(why([answer('granted'), forShare('refused', 1)], 'unless-refused')).toMatch(
      /^Sharing it was refused by caller of CA/,
    );
  });

  it('is given only of what is cleared to be shared, and while that holds, where the policy says so', () => {
    expect(why([answer('granted')], 'cleared')).toMatch(/consent\.sharing, CONSENT_SHARING.*whose are missing/);
    expect(why(withEnd, 'cleared', 59)).toBeUndefined();
    expect(why(withEnd, 'cleared', 60)).toMatch(/not cleared for that/);
  });
});
