import type { Pool } from '@onrecord/shared/postgres/pool';
import type { ClientBase } from 'pg';
import {
  compareDecision,
  compareFor,
  DIFFERENCES,
  type Difference,
  type DifferenceKind,
  judgesOtherwise,
} from '../domain/compare-policies.ts';
import type { PolicyFor } from '../domain/policy-for.ts';
import type { NumberReading } from '../ledger/facts.ts';
import { loadEntry } from '../ledger/load-entry.ts';
import { loadPlannable, type Plannable } from '../ledger/load-plannable.ts';
import { inTenant } from '../ledger/tenancy.ts';
import { BEFORE_CALLS, findDueCalls, isOfCalls } from './simulate-calls.ts';

interface Sample extends Omit<Difference, 'kind'> {
  /** One of the two; a call that has no recordings. */
  recordingSid?: string | undefined;
  callSid?: string | undefined;
}

/** What another policy would change, of the recordings that were looked at. */
export interface Simulation {
  looked: number;
  /** Recordings, each once for each kind; `dueNow` also has calls without recordings, of which nothing would be known any more. */
  counts: Record<DifferenceKind, number>;
  samples: Record<DifferenceKind, Sample[]>;
  /** The last SID that was looked at, where there are more. */
  next?: string | undefined;
}

export interface Comparison {
  accountSid: string;
  /** Which policy holds, and which one it is compared with, by their marks. */
  against: string;
  present: PolicyFor;
  next: PolicyFor;
  /** Whether either of them goes by what the legs of a call tell: numbers, jurisdictions or tags. */
  goesByLegs: boolean;
  reading: NumberReading;
  now: Date;
}

export interface SimulationLimits {
  /** Recordings in one transaction. */
  batch: number;
  /** Of each kind. */
  samples: number;
  /** Whether decisions are compared as well, for which all that is known of a recording may have to be read. */
  decisions: boolean;
  /** How long is looked before an answer is given, in milliseconds; the batch in hand is finished. */
  budgetMs: number;
}

export const SIMULATION_LIMITS: SimulationLimits = {
  batch: 500,
  samples: 20,
  decisions: true,
  budgetMs: 10_000,
};

/**
 * Compares, batch by batch and each in a transaction of its own, what two policies make of an account's recordings. Nothing is
 * changed.
 * @param after where an earlier look ended
 */
export async function simulate(
  pool: Pool,
  comparison: Comparison,
  after = '',
  limits: SimulationLimits = SIMULATION_LIMITS,
): Promise<Simulation> {
  const found = emptySimulation();
  const endMs = performance.now() + limits.budgetMs;
  for (let position = after; ; ) {
    const look = isOfCalls(position) ? lookAtCalls : lookAt;
    const last = await inTenant(pool, comparison.accountSid, (client) =>
      look(client, comparison, position, limits, found),
    );
    if (last === undefined && isOfCalls(position)) return found;
    position = last ?? BEFORE_CALLS;
    if (last === undefined) continue;
    if (performance.now() >= endMs) return { ...found, next: last };
  }
}

function emptySimulation(): Simulation {
  const of = <T>(make: () => T) =>
    Object.fromEntries(DIFFERENCES.map((kind) => [kind, make()])) as Record<DifferenceKind, T>;
  return { looked: 0, counts: of(() => 0), samples: of((): Sample[] => []) };
}

/** @returns the last SID of the batch; `undefined` after the last one */
async function lookAt(
  client: ClientBase,
  comparison: Comparison,
  after: string,
  limits: SimulationLimits,
  found: Simulation,
): Promise<string | undefined> {
  const batch = await loadPlannable(client, { accountSid: comparison.accountSid, after, limit: limits.batch });
  // Counted at the end: a transaction that collides is run again.
  const differences: { recordingSid: string; of: Difference[] }[] = [];
  for (const plannable of batch) {
    const { recordingSid } = plannable.entry.facts.recording;
    differences.push({ recordingSid, of: await differencesOf(client, comparison, plannable, limits) });
  }
  for (const { recordingSid, of } of differences) count(found, { recordingSid }, of, limits.samples);
  found.looked += batch.length;
  return batch.length < limits.batch ? undefined : batch.at(-1)?.entry.facts.recording.recordingSid;
}

async function lookAtCalls(
  client: ClientBase,
  comparison: Comparison,
  position: string,
  { batch, samples }: SimulationLimits,
  found: Simulation,
): Promise<string | undefined> {
  const { due, last } = await findDueCalls(client, comparison, position, batch);
  for (const { callSid, before, after } of due) {
    const told = { what: 'metadata', before: before?.toISOString() ?? 'never', after: after.toISOString() };
    count(found, { callSid }, [{ kind: 'dueNow', ...told }], samples);
  }
  return last;
}

/** Reads all facts only where something depends on them, such as a hold or an erasure. */
async function differencesOf(
  client: ClientBase,
  { present, next, goesByLegs, reading, now }: Comparison,
  { row, entry }: Plannable,
  { decisions }: Pick<SimulationLimits, 'decisions'>,
): Promise<Difference[]> {
  const isWhole = goesByLegs || row.is_held || row.erasure_id !== null;
  const known = isWhole ? await loadEntry(client, row, reading) : entry;
  const [before, after] = [present(known), next(known)];
  const differences = compareFor(known, before, after, now);
  if (!decisions || known.deletion !== undefined || !judgesOtherwise(before, after)) return differences;
  const whole = isWhole ? known : await loadEntry(client, row, reading);
  return [...differences, ...compareDecision(whole, before, after, now)];
}

function count(
  found: Simulation,
  of: Pick<Sample, 'recordingSid' | 'callSid'>,
  differences: readonly Difference[],
  samplesMax: number,
): void {
  for (const kind of DIFFERENCES) {
    const ofKind = differences.filter((difference) => difference.kind === kind);
    if (ofKind.length === 0) continue;
    found.counts[kind] += 1;
    const samples = found.samples[kind];
    for (const { what, before, after } of ofKind) {
      if (samples.length < samplesMax) samples.push({ ...of, what, before, after });
    }
  }
}
