import { boundedWaitMs } from '@onrecord/shared/http/retry-after';
import type { ClientBase, Pool } from 'pg';
import { HeldError } from '../domain/held.ts';
import {
  type Attempt,
  type ErasedCall,
  KEPT_FOR_HOLD,
  noteAsked,
  saveAttempt,
  takeDueCalls,
} from '../ledger/erasures/calls-at-twilio.ts';
import { placesOf } from '../ledger/erasures/cover-call.ts';
import { knownOfCall } from '../ledger/erasures/known-of-call.ts';
import { noteLeftCalls } from '../ledger/erasures/left-calls.ts';
import { lockSubjects } from '../ledger/erasures/lock-subjects.ts';
import { legsOf } from '../ledger/facts.ts';
import { isHeldCall } from '../ledger/holds/held-call.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { messageOf } from '../places/failures.ts';
import type { CallPlace } from '../places/twilio-calls.ts';
import type { Pseudonyms } from '../pseudonyms.ts';
import type { Sweep } from '../sweeper.ts';

export interface CallErasingDeps {
  pool: Pool;
  accounts: () => readonly string[];
  pseudonyms: Pseudonyms;
  /** No faster than the account's limit. */
  calls: CallPlace;
  clock: () => Date;
}

/** Of an account, in one turn: at 10 in a second they take no longer than a few seconds. */
const CALLS_MAX = 50;
/** Many times what a turn takes. */
const LEASE_MS = 120_000;
const DAY_MS = 86_400_000;
/** How long Twilio's API shows calls: 13 months, and not a day less. Older ones are in exports alone. Source: Twilio, "Archived calls". */
const TWILIO_CALLS_MS = 400 * DAY_MS;
/** After the first, second, … attempt; then each day: Twilio can take 14 days to let a call be deleted (error 20009). */
const RETRY_DELAYS_MS: readonly number[] = [10_000, 60_000, 600_000, 3_600_000];

/** Deletes Twilio's records of the legs that erasures cover, until each was seen to be gone. */
export const erasingCalls =
  (deps: CallErasingDeps): Sweep =>
  async () => {
    const { pool, clock } = deps;
    const now = clock();
    const due = await takeDueCalls(pool, { accounts: deps.accounts(), now, leaseMs: LEASE_MS, limit: CALLS_MAX });
    await Promise.all(due.map((call) => eraseCall(deps, call)));
    const erasures = new Map(due.map((call) => [call.erasureId, call]));
    for (const erasure of erasures.values()) {
      await inTenant(pool, erasure.accountSid, (client) => noteLeftCalls(client, erasure, clock()));
    }
    return due.length >= CALLS_MAX;
  };

async function eraseCall(deps: CallErasingDeps, call: ErasedCall): Promise<void> {
  const attempt = await attemptOf(deps, call);
  const now = deps.clock();
  await inTenant(deps.pool, call.accountSid, (client) => saveAttempt(client, call, attempt, now));
}

async function attemptOf(deps: CallErasingDeps, call: ErasedCall): Promise<Attempt> {
  const { pool, calls, clock } = deps;
  const { accountSid, attempts, isAsked } = call;
  const after = (ms: number) => new Date(clock().getTime() + ms);
  const kept = () => ({ keptFor: KEPT_FOR_HOLD, nextAttemptAt: after(DAY_MS) });
  try {
    // What was asked for may be gone: that is seen at Twilio alone.
    if (!isAsked && (await inTenant(pool, accountSid, (client) => isHeld(client, deps, call)))) return kept();
    const allow = () => inTenant(pool, accountSid, (client) => allowDeletion(client, deps, call));
    if ((await calls.deleteCall(call, allow)) === 'deleted') return { outcome: 'deleted' };
    return { outcome: await goneBefore(deps, call) };
  } catch (error) {
    if (error instanceof HeldError) return kept();
    const asked = error instanceof Error && 'retryAfterMs' in error ? boundedWaitMs(error.retryAfterMs) : undefined;
    const waitMs = Math.max(asked ?? 0, RETRY_DELAYS_MS[attempts] ?? DAY_MS);
    return { failure: messageOf(error), nextAttemptAt: after(waitMs) };
  }
}

/**
 * Twilio does not know the call. That is evidence where its deletion was asked for before, and nobody heard the answer, or another erasure
 * did; or where it is so old that Twilio shows it no more. Anything else is a look in the wrong place.
 */
async function goneBefore({ pool, clock }: CallErasingDeps, call: ErasedCall): Promise<'deleted' | 'already-gone'> {
  const { askedBy, heardOfAt } = await inTenant(pool, call.accountSid, (client) => knownOfCall(client, call));
  if (askedBy === 'this-erasure') return 'deleted';
  if (askedBy === 'another' || clock().getTime() - heardOfAt.getTime() > TWILIO_CALLS_MS) return 'already-gone';
  throw new Error(
    'Twilio does not know this call, although it shows calls for 13 months and nobody had asked it to delete this one here: check TWILIO_API_URL (the region) and TWILIO_ACCOUNT_SID',
  );
}

/** A hold has either been committed before, and nothing is asked for, or sees what is. @throws HeldError */
async function allowDeletion(client: ClientBase, deps: CallErasingDeps, call: ErasedCall): Promise<void> {
  await lockSubjects(client, call.accountSid, 'share');
  if (await isHeld(client, deps, call)) throw new HeldError('a hold covers the call');
  const now = deps.clock();
  await noteAsked(client, call, { now, leasedUntil: new Date(now.getTime() + LEASE_MS) });
}

async function isHeld(client: ClientBase, { pseudonyms }: CallErasingDeps, { accountSid, callSid }: ErasedCall) {
  const legs = await legsOf(client, accountSid, [callSid]);
  const { recordings } = await placesOf(client, accountSid, legs);
  return isHeldCall(client, { accountSid, legs, recordings }, pseudonyms);
}
