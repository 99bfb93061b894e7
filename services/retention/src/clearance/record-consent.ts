import { consentRecorded, createEvent } from '@onrecord/shared/events';
import { type AcceptedFact, acceptFact, type FactLedger } from '../accept-fact.ts';
import type { RecordingLedger } from '../change-recording.ts';
import type { Actor } from '../domain/actor.ts';
import type { Consent } from '../domain/consent.ts';
import type { DecideContext } from './decide-recording.ts';

/** An answer that was given elsewhere than in our own prompt. */
export interface ConsentGiven extends Omit<Consent, 'consentId' | 'isByNumber' | 'recordedBy'> {
  accountSid: string;
  /** In E.164: the calls of its holder from then on. */
  number?: string | undefined;
  /** Makes this answer one fact; the same reference again is the same answer. */
  reference: string;
}

export interface RecordedConsent extends AcceptedFact {
  consentId: string;
}

/**
 * Takes the same path as an answer to our prompt: it is published as an event and applied at once. When the event comes back on
 * the topic it is recognised by its id.
 */
export async function recordConsent(
  ledger: FactLedger & RecordingLedger,
  consent: ConsentGiven,
  by: Actor,
  context: DecideContext,
): Promise<RecordedConsent> {
  const recordedAt = consent.recordedAt.toISOString();
  const event = createEvent(
    consentRecorded,
    {
      ...consent,
      purposes: [...consent.purposes],
      proof: consent.proof && { ...consent.proof },
      recordedAt,
      expiresAt: consent.expiresAt?.toISOString(),
    },
    { time: context.now.toISOString(), traceparent: context.traceparent },
  );
  return { consentId: event.id, ...(await acceptFact(ledger, event, context, { publish: true, actor: by })) };
}
