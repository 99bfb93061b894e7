import { searchTranscripts } from '@onrecord/retention/ledger/read/search';
import { createDatabase, startPostgres } from '../servers/postgres.ts';
import { type BenchResult, median } from './result.ts';
import { ACCOUNT, openSearchLedger, type SearchLedger, VOCABULARY } from './search-ledger.ts';

/** What the figure is stated for; fewer for a quick look. */
const TEXTS = Number(process.argv.find((flag) => flag.startsWith('--texts='))?.slice('--texts='.length) ?? 100_000);
const ROUNDS = 5;
const SEARCHES = 100;
const LIMIT = 25;
const PERCENTILE = 0.95;
/** A plain look through all texts is the slower one by far: a few of them are enough. */
const SCANS = 3;

/**
 * The slowest twentieth of searches for two words, the newest 25 hits with their highlights, as a request of the records API makes
 * them ÷ a look through the same texts for the same words without an index.
 */
export async function benchSearch(rounds = ROUNDS): Promise<BenchResult[]> {
  const server = await startPostgres();
  try {
    const ledger = await openSearchLedger(await createDatabase(server.url), TEXTS);
    await searches(ledger);
    const [ratios, times]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const [p95Ms, scanMs] = [await searches(ledger), await scans(ledger)];
      ratios.push(p95Ms / scanMs);
      times.push(p95Ms);
    }
    await ledger.close();
    const name = `search over ${TEXTS.toLocaleString('en')} transcripts, p95 ÷ a look through all of them`;
    return [{ name, ratio: median(ratios), rounds: ratios, note: `p95 ${median(times).toFixed(0)} ms` }];
  } finally {
    await server.stop();
  }
}

/** More frequent ones are those that no search takes: the, and, of. */
const FIRST = 20;

/** Of which the second is a rare word, a common one, and all between. */
const words = (number: number) => {
  const second = Math.floor((number / SEARCHES) ** 4 * (VOCABULARY - FIRST));
  return [number % 40, second].map((word) => `word${FIRST + word}`);
};

/** @returns the 95th percentile, in milliseconds */
async function searches({ pool }: SearchLedger): Promise<number> {
  const times: number[] = [];
  for (let number = 0; number < SEARCHES; number += 1) {
    const startedAt = performance.now();
    const query = { accounts: [ACCOUNT], q: words(number).join(' '), limit: LIMIT, readsRestricted: false };
    // Nobody was erased in this ledger: it is never asked.
    const found = await searchTranscripts(pool, query, async () => undefined);
    if (found === undefined) throw new Error('nothing was left to look for');
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[Math.floor(SEARCHES * PERCENTILE)] ?? Number.NaN;
}

/** @returns the median, in milliseconds */
async function scans({ owner }: SearchLedger): Promise<number> {
  const times: number[] = [];
  for (let scan = 0; scan < SCANS; scan += 1) {
    const startedAt = performance.now();
    await owner.query(
      `select recording_sid from ledger.transcript_texts
       where account_sid = $1 and body ~ $2 and body ~ $3 order by began_at desc limit $4`,
      [ACCOUNT, ...words((scan + 1) * 20).map((word) => `\\m${word}\\M`), LIMIT],
    );
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
