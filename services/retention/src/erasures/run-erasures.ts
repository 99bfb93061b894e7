import { createEvent, erasureCompleted } from '@onrecord/shared/events';
import { appendToOutbox } from '@onrecord/shared/postgres/outbox';
import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import type { RecordingKey } from '../change-recording.ts';
import { RETENTION } from '../domain/actor.ts';
import type { Erasure, ErasureState } from '../domain/erasure.ts';
import { type ErasureResult, type Resolution, resolveErasure } from '../domain/resolve-erasure.ts';
import { type CallCounts, countCalls } from '../ledger/erasures/calls-at-twilio.ts';
import { noteHeldNumber } from '../ledger/erasures/held-number.ts';
import { countItems, saveItem, unsettledItems } from '../ledger/erasures/items.ts';
import { noteLeftCalls } from '../ledger/erasures/left-calls.ts';
import { coverAgain, legsToCover, saveProgress, scrubLoose } from '../ledger/erasures/progress.ts';
import { listResidues, noteResidue } from '../ledger/erasures/residues.ts';
import { takeDueErasure } from '../ledger/erasures/rows.ts';
import { inTenant } from '../ledger/tenancy.ts';
import type { Sweep } from '../sweeper.ts';
import { type CoverDeps, coverCall, lawOf } from './cover-erased-call.ts';
import type { ErasureResidues } from './erasure-residues.ts';

export interface ErasureDeps extends CoverDeps {
  /** Whose erasures are worked on, at the moment of asking. */
  accounts: () => readonly string[];
  residues: ErasureResidues;
  /** Events were put into the outbox. */
  onPublish: () => void;
  /** Something became due sooner than the sweeper would look. */
  onDue: (at: Date) => void;
}

/** Calls, and recordings, of one turn: each call is a transaction of its own, so events for others hardly wait. */
const PAGE = 50;
/** How long a worker has an erasure to itself: many times what a page takes. */
const LEASE_MS = 60_000;
/** Until it is looked at again: deletions take seconds, and what is held is planned anew as soon as it is released. */
const LOOK_AGAIN_MS: Readonly<Record<ErasureState, number>> = {
  received: 0,
  running: 5_000,
  waiting: 600_000,
  completed: Number.POSITIVE_INFINITY,
};
/** Until calls that a law keeps are gone through again before it ends: another policy may hold by then. */
const LAW_AGAIN_MS = 86_400_000;

/** Works on erasures, a page at a time: first the calls with their numbers, then what becomes of each recording. */
export const runningErasures =
  (deps: ErasureDeps): Sweep =>
  async () => {
    const { pool, clock } = deps;
    const accounts = deps.accounts();
    const now = clock();
    const erasure = await inTenant(pool, accounts, (client) =>
      takeDueErasure(client, { accounts, now, leaseMs: LEASE_MS }),
    );
    if (erasure === undefined) return false;
    if (erasure.ledgerDoneAt === undefined) await coverCalls(deps, erasure);
    else await resolveItems(deps, erasure);
    return true;
  };

async function coverCalls(deps: ErasureDeps, erasure: Erasure): Promise<void> {
  const { pool, pseudonyms, residues, clock } = deps;
  const { accountSid, lastCallSid = '' } = erasure;
  const { subject, callSids } = await inTenant(pool, accountSid, (client) => legsToCover(client, erasure, PAGE));
  const counts = { legs: 0, legsKept: 0 };
  let keptByLaw = erasure.lastCallSid === undefined ? undefined : lawOf(erasure);
  for (const callSid of callSids) {
    const { outcome, law } = await coverCall(deps, erasure, subject, callSid);
    if (outcome !== 'not-covered') counts.legs += 1;
    if (outcome === 'kept') counts.legsKept += 1;
    if (law !== undefined && (keptByLaw === undefined || law.until < keptByLaw.until)) keptByLaw = law;
  }
  const isLast = callSids.length < PAGE;
  const named = isLast ? await residues.ofLedger({ ...erasure, legs: erasure.legs + counts.legs }) : [];
  await inTenant(pool, accountSid, async (client) => {
    const now = clock();
    if (isLast) await noteHeldNumber(client, erasure, now);
    if (isLast) await scrubLoose(client, subject, pseudonyms);
    for (const residue of named) await noteResidue(client, erasure, residue, now);
    const progress = { lastCallSid: callSids.at(-1) ?? lastCallSid, ledgerDoneAt: isLast ? now : undefined };
    await saveProgress(client, erasure, { ...progress, ...counts, keptByLaw, nextLookAt: now });
  });
}

async function resolveItems(deps: ErasureDeps, erasure: Erasure): Promise<void> {
  const { pool, residues, clock } = deps;
  const { accountSid, erasureId } = erasure;
  let wasOpen = false;
  for (let after = ''; ; ) {
    const page = { after, limit: PAGE };
    const keys = await inTenant(pool, accountSid, (client) => unsettledItems(client, erasure, page));
    for (const key of keys) await resolveItem(deps, erasure, key);
    wasOpen ||= keys.length > 0;
    const last = keys.at(-1);
    if (last === undefined || keys.length < PAGE) break;
    after = last.recordingSid;
  }
  const named = await residues.ofTwilio(erasure);
  const now = clock();
  let nextLook: Date | undefined;
  const isTold = await inTenant(pool, accountSid, async (client) => {
    for (const residue of named) await noteResidue(client, erasure, residue, now);
    const counts = await countItems(client, accountSid, erasureId);
    const calls = await countCalls(client, erasure);
    await noteLeftCalls(client, erasure, now);
    const keepsNumbers = erasure.legsKept > 0 && stateBy(counts, calls) === 'completed';
    const state = keepsNumbers ? 'waiting' : stateBy(counts, calls);
    // A law that kept numbers is over, its last recording is free, or long enough nothing was heard of what keeps them: they may go now.
    const law = lawOf(erasure);
    const againMs = law === undefined ? LOOK_AGAIN_MS.waiting : LAW_AGAIN_MS;
    const mayGo = keepsNumbers && (wasOpen || isPast(erasure.ledgerDoneAt, againMs, now));
    if (mayGo || (law !== undefined && law.until <= now)) {
      nextLook = now;
      await coverAgain(client, erasure, now);
      return false;
    }
    const completedAt = state === 'completed' ? (erasure.completedAt ?? now) : undefined;
    nextLook = state === 'completed' ? undefined : new Date(now.getTime() + LOOK_AGAIN_MS[state]);
    // A request that joined meanwhile has it looked at again from the beginning.
    const isSaved = await saveProgress(client, erasure, { state, completedAt, nextLookAt: nextLook });
    if (!isSaved || completedAt === undefined || erasure.completedAt !== undefined) return false;
    await tellCompleted(client, erasure, { counts, calls }, completedAt);
    return true;
  });
  if (isTold) deps.onPublish();
  else if (nextLook !== undefined) deps.onDue(nextLook);
}

async function resolveItem({ pool, ledger, clock, onDue }: ErasureDeps, erasure: Erasure, key: RecordingKey) {
  let resolution: Resolution | undefined;
  await ledger.change(key, (entry, policy) => {
    resolution = resolveErasure(entry, policy);
    return { entry, events: [] };
  });
  const resolved = resolution;
  if (resolved === undefined) return;
  await inTenant(pool, key.accountSid, (client) => saveItem(client, erasure, key.recordingSid, resolved, clock()));
  if (resolved.result === 'due') onDue(clock());
}

const isPast = (moment: Date | undefined, ms: number, now: Date): boolean =>
  moment === undefined || moment.getTime() + ms <= now.getTime();

function stateBy(counts: Partial<Record<ErasureResult, number>>, { open }: CallCounts): ErasureState {
  if (counts.due || counts.deleting || open > 0) return 'running';
  return counts.held || counts.statutory ? 'waiting' : 'completed';
}

async function tellCompleted(
  client: ClientBase,
  { accountSid, erasureId, party, callSid }: Erasure,
  { counts, calls }: { counts: Partial<Record<ErasureResult, number>>; calls: CallCounts },
  at: Date,
): Promise<void> {
  const residues = await listResidues(client, { accountSid, erasureId });
  const completedAt = at.toISOString();
  const data = {
    ...{ accountSid, erasureId, subject: party, callSid, completedAt },
    recordingsDeleted: counts.erased ?? 0,
    residues: residues.map(({ what, why, until }) => ({ what, why, until: until?.toISOString() })),
  };
  await appendToOutbox(client, [createEvent(erasureCompleted, data, { time: completedAt })]);
  const subject = { erasure: erasureId, party, callSid };
  const details = { results: counts, callsAtTwilio: { ...calls }, residues: data.residues };
  await appendAudit(client, [{ accountSid, at, kind: 'erasure.completed', actor: RETENTION, subject, details }]);
}
