import type { ConsentPurpose } from '@onrecord/shared/events';
import { PURPOSES, placeOf } from './consent.ts';
import { consentedOf, saidTo } from './consented.ts';
import type { Decision } from './custody.ts';
import type { ClearanceFacts } from './decide-clearance.ts';
import { list } from './reasons.ts';
import { missingFrom, type Need, needOf, type Party, sufficient } from './who-must-agree.ts';

/** What was said to one purpose when the decision was made, and whether that was enough. */
export interface PurposeStanding {
  purpose: ConsentPurpose;
  allowed: boolean;
  /** When the agreements that it takes end, where they do. */
  until?: Date | undefined;
  agreed: string[];
  refused: string[];
  /** Of whom nothing, or nothing that counts, is known: CallSids, or the ConferenceSid. */
  missing: string[];
  need: Need;
}

/** One end of a leg, with how its number is shown. */
export interface ShownParty extends Party {
  number?: string | undefined;
}

/** By purpose, from the facts that the decision was made from. */
export function standingsOf({ clearance, decidedAt }: Decision, facts: ClearanceFacts): PurposeStanding[] {
  const need = needOf(clearance.basis?.mode ?? 'explicit', facts);
  const consented = clearance.outcome === 'cleared' ? consentedOf(clearance) : [];
  return PURPOSES.map((purpose) => {
    const said = saidTo(facts, purpose, decidedAt);
    const refused = said.answers.filter(({ consent }) => consent.outcome !== 'granted');
    const missing = missingFrom(facts, said, need);
    return {
      purpose,
      allowed: consented.some((each) => each.purpose === purpose),
      until: consented.find((each) => each.purpose === purpose)?.until,
      agreed: [...new Set(sufficient(said, need).map(placeOf))],
      refused: [...new Set(refused.map(({ consent }) => placeOf(consent)))],
      missing,
      need,
    };
  });
}

const OUTCOMES = {
  cleared: 'may be stored',
  refused: 'is refused and will be deleted',
  waiting: 'waits',
  withheld: 'is withheld: left at Twilio, not stored, not transcribed and not destroyed',
} as const;

const MODES = {
  explicit: 'asks for the agreement of the recorded party, and of everybody in a conference',
  notice: 'asks that the recorded party was told, and everybody in a conference',
  none: 'asks for nothing but that nobody refuses',
  'by-rule': 'asks for what the strictest of everybody’s places asks for',
} as const;

/** The decision in plain words, one sentence or two each: what, why, by which policy, of whom, said by whom, and what would change it. */
export function explainDecision(decision: Decision, facts: ClearanceFacts, parties: readonly ShownParty[]): string[] {
  const { clearance, policy, decidedAt, deleteAfter } = decision;
  const { basis } = clearance;
  const until = deleteAfter === undefined ? '' : ` After ${deleteAfter.toISOString()} it cannot be undone.`;
  const rules = basis?.rulesVersion === undefined ? '' : ` The rules were those of ${basis.rulesVersion}.`;
  return [
    `Decision ${decision.number} of ${decidedAt.toISOString()}: the recording ${OUTCOMES[clearance.outcome]}. ${clearance.reason}${until}`,
    `The policy ${policy.name}, version ${policy.version}, ${MODES[basis?.mode ?? 'explicit']}.${rules}`,
    ...parties.map(describeParty),
    ...describeAnswers(decision, facts),
    ...describePurposes(decision, facts),
    ...(clearance.outcome === 'cleared' ? [] : clearance.releasedBy.map((remedy) => `What would change it: ${remedy}`)),
  ];
}

function describeParty({ callSid, side, isPerson, number, places, tookPart }: ShownParty): string {
  const who = isPerson ? 'The person on' : side === 'from' ? 'Who placed' : 'What was called on';
  const where = places.length === 0 ? 'at a place that its number does not tell' : `in ${places.join(' or ')}`;
  return `${who} leg ${callSid}${number === undefined ? '' : ` (${number})`} is ${where}${tookPart ? '' : '; the leg was never answered'}.`;
}

const DID = { granted: 'agreed', refused: 'refused', withdrawn: 'withdrew' } as const;

function describeAnswers({ decidedAt }: Decision, { consents }: ClearanceFacts): string[] {
  return consents.map((consent) => {
    const { party, outcome, purposes, method, recordedAt, expiresAt, proof, promptVersion, isByNumber } = consent;
    const details = [
      `by ${method}${isByNumber ? ', by number for its calls to come' : ''}`,
      `at ${recordedAt.toISOString()}`,
      promptVersion && `to version ${promptVersion} of the prompt`,
      proof?.offsetSeconds !== undefined && `to be heard ${proof.offsetSeconds} s into the recording`,
      proof?.reference && `kept as ${proof.reference}`,
      expiresAt && `${expiresAt <= decidedAt ? 'ended' : 'ends'} at ${expiresAt.toISOString()}`,
    ];
    return `${party} of ${placeOf(consent)} ${DID[outcome]} (${purposes.join(', ')}) ${details.filter(Boolean).join('; ')}.`;
  });
}

/** For each purpose whether it is cleared, by whom it was refused, and what is missing. */
export const describePurposes = (decision: Decision, facts: ClearanceFacts): string[] =>
  standingsOf(decision, facts).map(describeStanding);

function describeStanding({ purpose, allowed, until, refused, missing, need }: PurposeStanding): string {
  const ends = until === undefined ? '' : ` until ${until.toISOString()}, when an agreement ends`;
  if (allowed) return `To ${purpose}: cleared${ends}.`;
  const what = need.of === 'notice' ? 'a notice of it, or an agreement to it,' : 'an agreement to it';
  const why = [
    refused.length > 0 && `refused by ${list(refused)}`,
    missing.length > 0 && `missing is ${what} from ${list(missing)}`,
  ].filter(Boolean);
  return `To ${purpose}: not cleared${why.length > 0 ? `; ${why.join('; ')}` : ''}.`;
}
