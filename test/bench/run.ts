/**
 * The benchmarks: ratios measured side by side in one run, because absolute times say more about the machine than about the code.
 * `pnpm bench relay` runs those whose file is named; exit status 1 when a target is missed;
 * `pnpm bench sweep --rows=100000` fills fewer rows than the figure is stated for.
 */
import { benchConsumer } from './consumer.ts';
import { benchDeletions } from './deletions.ts';
import { benchEdge } from './edge.ts';
import { benchIngest } from './ingest.ts';
import { benchRelay } from './relay.ts';
import { type BenchResult, describe, isMet } from './result.ts';
import { benchRules } from './rules.ts';
import { benchSearch } from './search.ts';
import { benchSweep } from './sweep.ts';

const BENCHMARKS: Readonly<Record<string, () => Promise<BenchResult[]>>> = {
  consumer: benchConsumer,
  deletions: benchDeletions,
  edge: benchEdge,
  ingest: benchIngest,
  relay: benchRelay,
  rules: benchRules,
  search: benchSearch,
  sweep: benchSweep,
};

const asked = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = asked.find((name) => !(name in BENCHMARKS));
if (unknown !== undefined) {
  console.error(`unknown benchmark "${unknown}": give some of ${Object.keys(BENCHMARKS).join(', ')}, or none for all`);
  process.exit(2);
}

let missed = 0;
for (const [name, bench] of Object.entries(BENCHMARKS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const result of await bench()) {
    console.log(describe(result));
    if (!isMet(result)) missed += 1;
  }
}
console.log(missed === 0 ? 'every target met' : `${missed} target(s) missed`);
process.exitCode = missed === 0 ? 0 : 1;
