import type { consentRecorded, EventOf } from '@onrecord/shared/events';
import { plainText } from '@onrecord/shared/telephony/phone-like';
import type { Actor } from './actor.ts';
import type { AuditEntry } from './audit-entry.ts';

/** What everybody is in some call; any other name may be a person's. */
const ROLES: ReadonlySet<string> = new Set(['caller', 'called', 'participant']);

/**
 * An answer, as it goes on record. How the party is named is the recorder's own choice, and so is what makes the answer one fact:
 * pseudonyms stand for both.
 */
export function auditOfConsent(
  event: EventOf<typeof consentRecorded>,
  actor: Actor,
  now: Date,
  pseudonymOf: (text: string) => string,
): AuditEntry {
  const { accountSid, callSid, conferenceSid, number, party, outcome, purposes, method, promptVersion, language } =
    event.data;
  const { recordedAt, expiresAt, proof } = event.data;
  const isRole = ROLES.has(party);
  const holder = number ?? (isRole ? undefined : party);
  return {
    accountSid,
    at: now,
    kind: 'consent.recorded',
    actor,
    subject: { callSid, conferenceSid, party: holder && pseudonymOf(holder) },
    details: {
      answer: pseudonymOf(event.id),
      role: isRole ? party : undefined,
      outcome,
      purposes: [...purposes],
      method: plainText(method),
      promptVersion: promptVersion && plainText(promptVersion),
      language: language && plainText(language),
      byNumber: number === undefined ? undefined : true,
      // A reference is the user's own, and may name whom it is about.
      heardAtSeconds: proof?.offsetSeconds,
      recordedAt,
      expiresAt,
    },
  };
}
