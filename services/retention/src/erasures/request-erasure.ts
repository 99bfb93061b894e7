import { createEvent, erasureRequested } from '@onrecord/shared/events';
import { appendToOutbox } from '@onrecord/shared/postgres/outbox';
import type { ClientBase, Pool } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { Actor } from '../domain/actor.ts';
import type { Erasure } from '../domain/erasure.ts';
import { lockSubjects } from '../ledger/erasures/lock-subjects.ts';
import { joinErasure, openErasure } from '../ledger/erasures/open.ts';
import { legsOf } from '../ledger/facts.ts';
import { insertIfNew } from '../ledger/rows.ts';
import { inTenant } from '../ledger/tenancy.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import { namesOf } from './subject-names.ts';

export interface ErasureRequest {
  accountSid: string;
  /** A person's number, in E.164; or a call. */
  subject: { e164: string } | { callSid: string };
  requestedBy: Actor;
}

export interface RequestContext {
  pool: Pool;
  pseudonyms: Pseudonyms;
  now: Date;
  newId: () => string;
}

/**
 * Takes a request down. From its commit on nothing is written with the number any more that was going on by then, and no recording of
 * then is decided on or read in ordinary use; the sweeper works on what is there. While an earlier request for the same subject is not
 * completed, another one joins it and moves the moment ahead up to which it covers; after that it is one of its own.
 * The answer is the same whether anything is known of the subject or not.
 */
export function requestErasure(
  { accountSid, subject, requestedBy }: ErasureRequest,
  { pool, pseudonyms, now, newId }: RequestContext,
): Promise<{ erasure: Erasure; isNew: boolean }> {
  return inTenant(pool, accountSid, async (client) => {
    await lockSubjects(client, accountSid, 'change');
    await insertIfNew(client, 'ledger.accounts', { account_sid: accountSid, first_seen_at: now });
    const named =
      'e164' in subject
        ? { party: pseudonyms.of(subject.e164), names: namesOf(pseudonyms, subject.e164) }
        : { callSid: subject.callSid, names: await legsOf(client, accountSid, [subject.callSid]) };
    const request = { accountSid, requestedAt: now, requestedBy, ...named };
    const joined = await joinErasure(client, request);
    const erasure = joined ?? (await openErasure(client, { ...request, erasureId: newId() }));
    await tell(client, erasure, { isNew: joined === undefined, at: now, by: requestedBy });
    return { erasure, isNew: joined === undefined };
  });
}

async function tell(client: ClientBase, erasure: Erasure, { isNew, at, by }: { isNew: boolean; at: Date; by: Actor }) {
  const { accountSid, erasureId, party, callSid } = erasure;
  const kind = isNew ? 'erasure.requested' : 'erasure.joined';
  const subject = { erasure: erasureId, party, callSid };
  await appendAudit(client, [{ accountSid, at, kind, actor: by, subject, details: { coversUntil: at.toISOString() } }]);
  if (!isNew) return;
  const requestedAt = at.toISOString();
  const data = { accountSid, erasureId, subject: party, callSid, requestedBy: `${by.kind}:${by.id}`, requestedAt };
  await appendToOutbox(client, [createEvent(erasureRequested, data, { time: requestedAt })]);
}
