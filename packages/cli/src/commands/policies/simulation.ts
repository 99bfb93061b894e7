import type { ApiClient } from '../../api-client.ts';
import type { CommandContext } from '../../command.ts';
import { formatTable } from '../../table.ts';
import { KINDS, type Simulation, simulationAnswer } from './policy-answers.ts';

const SAMPLES_MAX = 20;

const SAID: Readonly<Record<(typeof KINDS)[number], string>> = {
  dueNow: 'would have something deleted at once',
  sooner: 'would have something deleted sooner',
  longer: 'would have something kept longer',
  transcribed: 'would be transcribed otherwise, had they come later',
  decided: 'would be decided on otherwise',
};

/** Compares a version with what the ledger has, part by part until all of it was looked at. */
export async function simulatePolicy(
  api: ApiClient,
  id: string,
  accountSid: string | undefined,
  progress: CommandContext['progress'],
): Promise<Simulation> {
  const path = `/v1/policies/${id}/simulation${accountSid === undefined ? '' : `?accountSid=${accountSid}`}`;
  const bar = progress('comparing', (count) => `${count} recordings`);
  try {
    const ask = (after?: string): Promise<Simulation> =>
      api.send('POST', path, simulationAnswer, after === undefined ? {} : { after });
    let whole = await ask();
    while (whole.next !== undefined) {
      bar.at(whole.looked);
      const part = await ask(whole.next);
      // Where another policy came to hold meanwhile, what was compared with the one before says nothing.
      whole = part.against === whole.against ? addUp(whole, part) : await ask();
    }
    return whole;
  } finally {
    bar.end();
  }
}

function addUp(one: Simulation, other: Simulation): Simulation {
  const counts = { ...one.counts };
  const samples = { ...one.samples };
  for (const kind of KINDS) {
    counts[kind] = (one.counts[kind] ?? 0) + (other.counts[kind] ?? 0);
    samples[kind] = [...(one.samples[kind] ?? []), ...(other.samples[kind] ?? [])].slice(0, SAMPLES_MAX);
  }
  return { ...other, looked: one.looked + other.looked, counts, samples };
}

export function describeSimulation({ looked, counts, samples }: Simulation, width: number | undefined): string {
  const changed = KINDS.filter((kind) => (counts[kind] ?? 0) > 0);
  if (changed.length === 0) return `Nothing would change for any of ${looked} recordings, nor for calls without any.`;
  const lines = changed.map((kind) => `${String(counts[kind]).padStart(8)} ${SAID[kind]}`);
  const rows = changed.flatMap((kind) =>
    (samples[kind] ?? []).map(({ recordingSid, callSid, what, before, after }) => [
      ...[recordingSid ?? callSid ?? '', kind, what, before, after],
    ]),
  );
  const table = formatTable(['RECORDING OR CALL', 'CHANGE', 'OF', 'NOW', 'THEN'], rows, width);
  return [`Of ${looked} recordings, and calls without any:`, ...lines, '', 'Some of them:', table].join('\n');
}
