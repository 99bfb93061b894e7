import type { Actor } from './actor.ts';

/** What can have happened: the thing, a dot, and the past tense. A kind never changes its meaning once entries have it. */
export const AUDIT_KINDS = [
  'consent.recorded',
  'decision.made',
  'retention.changed',
  'deletion.begun',
  'deletion.found',
  'deletion.attempted',
  'deletion.completed',
  'deletion.rechecked',
  'deletion.certified',
  'deletion.residue-checked',
  'policy.drafted',
  'policy.activated',
  'tags.changed',
  'numbers.replaced',
  'metadata.removed',
  'access.granted',
  'records.read',
  'subject.exported',
  'token.created',
  'token.revoked',
  'authorisation.failed',
  'erasure.requested',
  'erasure.joined',
  'erasure.completed',
  'erasure.residue-named',
  'erasure.residue-gone',
  'erasure.call-deleted',
  'matter.opened',
  'hold.placed',
  'hold.release-requested',
  'hold.released',
  'dead-letter.settled',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

type Json = string | number | boolean | null | undefined | readonly Json[] | JsonObject;
/** Members that are `undefined` are left out of what is written. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Who the command line says it is, beside the event log and its password: no token and no sign-in stands behind the name. */
interface Operator {
  kind: 'operator';
  id: string;
}

/** One effect, as it is written into the audit log. No phone number stands in it, in no field: pseudonyms only. */
export interface AuditEntry {
  accountSid: string;
  /** When the effect took place, by the ledger's clock. */
  at: Date;
  kind: AuditKind;
  actor: Actor | Operator;
  /** What it was about. */
  subject: {
    recordingSid?: string | undefined;
    callSid?: string | undefined;
    conferenceSid?: string | undefined;
    /** A pseudonym. */
    party?: string | undefined;
    policy?: string | undefined;
    matter?: string | undefined;
    hold?: string | undefined;
    erasure?: string | undefined;
    deletion?: string | undefined;
    token?: string | undefined;
  };
  details: JsonObject;
}
