import { phoneLikeIn } from '@onrecord/shared/telephony/phone-like';
import canonicalize from 'canonicalize';
import type { AuditEntry } from '../domain/audit-entry.ts';

/** The message names the field and never its value. */
export class AuditEntryError extends Error {
  override readonly name = 'AuditEntryError';
}

/** Of the form below. Whoever reads old entries tells by it how. */
const FORM = 1;

/**
 * The exact text that is kept, and hashed: canonical JSON by RFC 8785 (members sorted, numbers as in ECMAScript, no white space).
 * @throws AuditEntryError when something like a phone number is in it
 */
export function canonicalEntry({ at, ...entry }: AuditEntry): string {
  const named = phoneLikeIn(entry);
  if (named !== undefined) {
    throw new AuditEntryError(
      `the audit entry ${entry.kind} has something like a phone number in ${named}: put its pseudonym there`,
    );
  }
  const text = canonicalize({ ...entry, at: at.toISOString(), form: FORM });
  if (text === undefined) throw new AuditEntryError(`the audit entry ${entry.kind} cannot be written as JSON`);
  return text;
}
