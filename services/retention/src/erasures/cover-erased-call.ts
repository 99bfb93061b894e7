import type { Pool } from 'pg';
import type { DecisionObserver, RecordingKey, RecordingLedger } from '../change-recording.ts';
import { deciding } from '../clearance/decide-recording.ts';
import { type Minimum, minimumOf } from '../domain/due.ts';
import type { Erasure } from '../domain/erasure.ts';
import { isKeptFor, resolveErasure } from '../domain/resolve-erasure.ts';
import { queueCalls } from '../ledger/erasures/calls-at-twilio.ts';
import { findCovered, type Subject, scrubUnlessHeld } from '../ledger/erasures/cover-call.ts';
import { noteLegs } from '../ledger/erasures/late-legs.ts';
import { lockSubjects } from '../ledger/erasures/lock-subjects.ts';
import type { CallJudge } from '../ledger/metadata/judge-call.ts';
import { inTenant } from '../ledger/tenancy.ts';
import type { Pseudonyms } from '../pseudonyms.ts';

export interface CoverDeps extends DecisionObserver {
  pool: Pool;
  ledger: RecordingLedger & CallJudge;
  pseudonyms: Pseudonyms;
  /** Whether Twilio's records of calls go as well. */
  erasesCalls: boolean;
  clock: () => Date;
}

/** What came of a call under an erasure. */
interface Covered {
  outcome: 'scrubbed' | 'kept' | 'not-covered';
  /** That keeps its numbers. */
  law?: Minimum | undefined;
}

/** What must be kept of a call by a hold or by law keeps its number, too: it is part of what is held, and policies select by it. */
export async function coverCall(
  deps: CoverDeps,
  erasure: Erasure,
  subject: Subject,
  callSid: string,
): Promise<Covered> {
  const { pool, ledger, pseudonyms, erasesCalls, clock } = deps;
  const { accountSid } = subject;
  const covered = await inTenant(pool, accountSid, async (client) => {
    const found = await findCovered(client, subject, callSid);
    if (found !== undefined) await noteLegs(client, accountSid, [erasure.erasureId], found.legs);
    return found;
  });
  if (covered === undefined) return { outcome: 'not-covered' };
  const { legs, recordings } = covered;
  const found = await lookAtRecordings(deps, recordings);
  if (found.isKept) return { outcome: 'kept', law: found.numbers };
  return inTenant(pool, accountSid, async (client): Promise<Covered> => {
    let { metadata } = found;
    if (recordings.length === 0) {
      // Before any row is locked: writers of facts take it first, too.
      await lockSubjects(client, accountSid, 'share');
      const minimum = await ledger.judgeCall(client, accountSid, legs);
      const law = later(undefined, minimum('numbers'), clock());
      if (law !== undefined) return { outcome: 'kept', law };
      metadata = later(undefined, minimum('metadata'), clock());
    }
    if (!(await scrubUnlessHeld(client, subject, legs, pseudonyms))) return { outcome: 'kept' };
    const kept =
      metadata === undefined
        ? { at: clock() }
        : { at: metadata.until, keptFor: `${metadata.source} asks for it to be kept` };
    if (erasesCalls) await queueCalls(client, erasure, legs, kept);
    return { outcome: 'scrubbed' };
  });
}

/** Whether a hold or a law keeps one of a call's recordings, and which law keeps its numbers and its metadata for longest. */
async function lookAtRecordings({ ledger, clock, onDecision }: CoverDeps, keys: readonly RecordingKey[]) {
  let isKept = false;
  let numbers: Minimum | undefined;
  let metadata: Minimum | undefined;
  for (const key of keys) {
    // That it is covered follows from who was on the call, and what is decided and planned from that.
    const { change, report } = deciding({ now: clock(), onDecision });
    await ledger.change(key, (entry, policy) => {
      isKept ||= isKeptFor(resolveErasure(entry, policy).result);
      numbers = later(numbers, minimumOf(entry, policy, ['numbers']), clock());
      metadata = later(metadata, minimumOf(entry, policy, ['metadata']), clock());
      return change(entry, policy);
    });
    report();
  }
  return { isKept: isKept || numbers !== undefined, numbers, metadata };
}

/** The one that ends later; what is over by now is none. */
const later = (one: Minimum | undefined, other: Minimum | undefined, now: Date): Minimum | undefined =>
  other !== undefined && other.until > (one?.until ?? now) ? other : one;

/** The first that ends of those that keep numbers of the erasure's calls. */
export const lawOf = ({ legsKeptUntil: until, legsKeptFor: source }: Erasure): Minimum | undefined =>
  until && source !== undefined ? { until, source } : undefined;
