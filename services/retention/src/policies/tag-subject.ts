import { plainText } from '@onrecord/shared/telephony/phone-like';
import type { ClientBase, QueryResultRow } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { RecordingKey } from '../change-recording.ts';
import type { Actor } from '../domain/actor.ts';
import { compareFor } from '../domain/compare-policies.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { lockSubjects } from '../ledger/erasures/lock-subjects.ts';
import { legsOf } from '../ledger/facts.ts';
import { loadEntry } from '../ledger/load-entry.ts';
import { lookAgainAt } from '../ledger/metadata/forget-call.ts';
import { removedAt } from '../ledger/read/call-detail.ts';
import { lockTags, writeTags } from '../ledger/tags.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { recordingsOf } from '../ledger/touched.ts';
import type { PolicyContext } from './policy-context.ts';
import { dueOfCall, isDueNow } from './simulate-calls.ts';

export interface Tagging {
  accountSid: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  tags: readonly string[];
  /** Of how many recordings something may be due at once; 1 where it is the call itself, which has none. */
  confirmed: number;
  by: Actor;
}

export type TagResult =
  /** The recordings are to be decided on and planned again. */
  | { outcome: 'tagged'; recordings: RecordingKey[] }
  /**
   * Of so many recordings something would be due at once, more than were confirmed, or all that is known of a call that has none: nothing was
   * changed.
   */
  | { outcome: 'to-confirm'; dueNow: number; isOfCall: boolean }
  /** What was known of it was removed then: nothing was changed. */
  | { outcome: 'removed'; at: Date };

/** Undoes the transaction. */
class UnconfirmedError extends Error {
  readonly dueNow: number;
  readonly isOfCall: boolean;
  constructor(dueNow: number, isOfCall: boolean) {
    super(`${dueNow} ${isOfCall ? 'calls' : 'recordings'} have something that would be due at once`);
    this.dueNow = dueNow;
    this.isOfCall = isOfCall;
  }
}

/** Replaces the tags of a call or a conference. Policies select by them, so that tags can delete: they are confirmed and audited as policies are. */
export async function tagSubject(context: PolicyContext, tagging: Tagging): Promise<TagResult> {
  const { accountSid, callSid, conferenceSid } = tagging;
  const recordings = await recordingsOf(context.pool, accountSid, callSid, conferenceSid);
  try {
    const removed = await inTenant(context.pool, accountSid, async (client) => {
      // Before any row is locked: what is forgotten at this moment is seen to be, or takes the tags with it.
      await lockSubjects(client, accountSid, 'share');
      const at = await removedAt(client, accountSid, callSid ?? conferenceSid ?? '');
      if (at === undefined) await writeConfirmed(client, context, tagging, recordings);
      return at;
    });
    return removed ? { outcome: 'removed', at: removed } : { outcome: 'tagged', recordings };
  } catch (error) {
    if (!(error instanceof UnconfirmedError)) throw error;
    const { dueNow, isOfCall } = error;
    return { outcome: 'to-confirm', dueNow, isOfCall };
  }
}

async function writeConfirmed(
  client: ClientBase,
  { policies, ruleBook, pseudonyms, clock }: PolicyContext,
  { accountSid, callSid, conferenceSid, tags, confirmed, by }: Tagging,
  recordings: readonly RecordingKey[],
): Promise<void> {
  const [now, subject] = [clock(), { accountSid, subjectSid: callSid ?? conferenceSid ?? '' }];
  const { rows } = await client.query<QueryResultRow>(
    'select * from ledger.recordings where account_sid = $1 and recording_sid = any($2) order by recording_sid',
    [accountSid, recordings.map(({ recordingSid }) => recordingSid)],
  );
  const loadAll = async () => {
    const entries: RecordingEntry[] = [];
    for (const row of rows) entries.push(await loadEntry(client, row, { ruleBook, pseudonyms }));
    return entries;
  };
  const legs = recordings.length > 0 || callSid === undefined ? [] : await legsOf(client, accountSid, [callSid]);
  const policyFor = await policies.of(client, accountSid);
  const before = await lockTags(client, subject, now);
  const entriesBefore = await loadAll();
  const callBefore = await dueOfCall(client, accountSid, legs, policyFor);
  await writeTags(client, { ...subject, tags, now });
  const ofRecordings = (await loadAll()).filter((entry, index) => {
    const present = policyFor(entriesBefore[index] ?? entry);
    return compareFor(entry, present, policyFor(entry), now).some(({ kind }) => kind === 'dueNow');
  }).length;
  const isOfCall = isDueNow(callBefore, await dueOfCall(client, accountSid, legs, policyFor), now);
  const dueNow = isOfCall ? 1 : ofRecordings;
  if (dueNow > confirmed) throw new UnconfirmedError(dueNow, isOfCall);
  if (JSON.stringify(before) === JSON.stringify(tags)) return;
  // By the period that now holds: it would be looked at by the end of the other one.
  await lookAgainAt(client, accountSid, legs, now);
  const details = { before: before.map(plainText), after: tags.map(plainText), dueNow };
  await appendAudit(client, [
    { accountSid, at: now, kind: 'tags.changed', actor: by, subject: { callSid, conferenceSid }, details },
  ]);
}
