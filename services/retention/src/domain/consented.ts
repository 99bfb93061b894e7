import type { ConsentPurpose } from '@onrecord/shared/events';
import { answersFor, type Consent, noticesOf, PURPOSES, standingAnswers } from './consent.ts';
import { type CallFacts, missingFrom, type Need, type Said, sufficient } from './who-must-agree.ts';

/** A purpose that nobody refused, and for which all is there that the mode asks for. */
export interface Consented {
  purpose: ConsentPurpose;
  /** When the first of the agreements ends that it takes; absent where none does. */
  until?: Date | undefined;
}

interface Answered extends CallFacts {
  consents: readonly Consent[];
}

/**
 * An agreement to being recorded must hold when the recording was made; one to what is done with it afterwards, when it is done.
 */
export function saidTo(
  { recording, consents }: Pick<Answered, 'recording' | 'consents'>,
  purpose: ConsentPurpose,
  now: Date,
): Said {
  const madeAt = recording.startedAt ?? recording.reportedAt;
  const answers = answersFor(consents, madeAt);
  const when = purpose === 'record' ? madeAt : now;
  return { answers: standingAnswers(answers, purpose, when), notices: noticesOf(answers, purpose, when) };
}

/** Those who said no to it, or took their yes back. */
export const refusalsOf = (facts: Pick<Answered, 'recording' | 'consents'>, purpose: ConsentPurpose, now: Date) =>
  saidTo(facts, purpose, now).answers.filter(({ consent }) => consent.outcome !== 'granted');

/** What is cleared of a recording that may be kept, each purpose by the same rules, with what was said to it. */
export function consentedTo(facts: Answered, need: Need, now: Date): (Consented & { said: Said })[] {
  return PURPOSES.flatMap((purpose) => {
    const said = saidTo(facts, purpose, now);
    const isRefused = said.answers.some(({ consent }) => consent.outcome !== 'granted');
    if (isRefused || missingFrom(facts, said, need).length > 0) return [];
    const until = purpose === 'record' ? undefined : endOf(facts, purpose, said, need);
    return [{ purpose, said, ...(until && { until }) }];
  });
}

/** Other agreements may go on where one has ended: the first end that leaves something missing. */
function endOf(facts: Answered, purpose: ConsentPurpose, said: Said, need: Need): Date | undefined {
  return sufficient(said, need)
    .flatMap(({ expiresAt }) => expiresAt ?? [])
    .toSorted((a, b) => a.getTime() - b.getTime())
    .find((end) => missingFrom(facts, saidTo(facts, purpose, end), need).length > 0);
}

/** @param cleared of before each purpose was written down: what was done by then was all that was judged */
export const consentedOf = (cleared: {
  purposes: readonly string[];
  consented?: readonly Consented[] | undefined;
}): readonly Consented[] =>
  cleared.consented ??
  (cleared.purposes.includes('transcribe')
    ? [{ purpose: 'record' }, { purpose: 'transcribe' }]
    : [{ purpose: 'record' }]);

export const isSameConsent = (a: readonly Consented[], b: readonly Consented[]): boolean =>
  JSON.stringify(a.map(told)) === JSON.stringify(b.map(told));

const told = ({ purpose, until }: Consented) => [purpose, until?.getTime()];
