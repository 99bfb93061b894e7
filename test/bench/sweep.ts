import { decideDue } from '@onrecord/retention/clearance/decide-due';
import { replanRecordings } from '@onrecord/retention/clearance/replan-recordings';
import { beginDueDeletions } from '@onrecord/retention/deletions/begin-due-deletions';
import { beginDueParts } from '@onrecord/retention/deletions/begin-due-parts';
import { createDatabase, startPostgres } from '../servers/postgres.ts';
import { type BenchResult, median } from './result.ts';
import { NOW, openSweepLedger, type SweepLedger } from './sweep-ledger.ts';

/** Filling takes minutes and a round a second: many rounds cost little. */
const ROUNDS = 15;
const DUE = 100;
const BATCH = 50;
const LEASE_MS = 60_000;
const FEW = 10_000;
/** What the figure is stated for; fewer rows for a quick look. */
const MANY = Number(process.argv.find((flag) => flag.startsWith('--rows='))?.slice('--rows='.length) ?? 10_000_000);
const BOUND = 1.2;

/**
 * The time of a sweep that finds 100 recordings due, begins their deletions and hands them out, in a ledger of 10 million recordings ÷
 * in one of 10 thousand. What is not due must cost nothing.
 */
export async function benchSweep(rounds = ROUNDS): Promise<BenchResult[]> {
  const server = await startPostgres();
  try {
    const [few, many] = [await openLedger(server.url, FEW), await openLedger(server.url, MANY)];
    for (const warmUp of [few, many]) await sweep(warmUp);
    const ratios: number[] = [];
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [ofFew, ofMany] = [await sweep(few), await sweep(many)];
      ratios.push(ofMany / ofFew);
      times.push(ofMany);
    }
    for (const ledger of [few, many]) await ledger.close();
    const note = `${DUE} due of ${MANY.toLocaleString('en')} rows in ${Math.round(median(times))} ms`;
    const name = `sweep over ${MANY.toLocaleString('en')} rows ÷ over ${FEW.toLocaleString('en')}`;
    return [{ name, ratio: median(ratios), rounds: ratios, bound: { atMost: BOUND }, note }];
  } finally {
    await server.stop();
  }
}

const openLedger = async (url: string, rows: number) => openSweepLedger(await createDatabase(url), { rows, due: DUE });

/** Milliseconds; everything is due again before. */
async function sweep({ ledger, makeDue }: SweepLedger): Promise<number> {
  await makeDue();
  const context = { now: NOW, onDecision: () => undefined };
  const startedAt = performance.now();
  await decideDue(ledger, context, BATCH);
  await replanRecordings(ledger, context, BATCH);
  let begun = 0;
  for (let due = BATCH; due === BATCH; begun += due) due = await beginDueDeletions(ledger, NOW, BATCH);
  await beginDueParts(ledger, NOW, BATCH);
  let taken = 0;
  for (let due = BATCH; due === BATCH; taken += due) {
    due = (await ledger.takeDueDeletions(NOW, LEASE_MS, BATCH)).length;
  }
  const ms = performance.now() - startedAt;
  if (begun !== DUE || taken !== DUE) throw new Error(`${begun} deletions begun and ${taken} taken of ${DUE}`);
  return ms;
}
