import type { z } from 'zod';
import type { Command } from '../../command.ts';
import { UsageError } from '../../errors.ts';
import { jsonOption } from '../../flags.ts';
import { formatMoment, formatTable } from '../../table.ts';
import { erasureDetail } from './answers.ts';

/** Items that are shown; the records API has them all. */
const ITEMS_SHOWN = '200';

export const showErasure: Command = {
  name: 'erasures show',
  summary: 'show what came of an erasure, and what is left elsewhere until when',
  help: `onrecord erasures show ID [--json]

  --json  the answer of the records API, with its first ${ITEMS_SHOWN} recordings`,
  options: jsonOption,
  fields: { erasureId: 'ID' },
  run: async ({ api, print, width }, { values, positionals }) => {
    const [id] = positionals;
    if (id === undefined || positionals.length > 1) throw new UsageError('name one erasure: onrecord erasures show ID');
    const path = `/v1/erasures/${encodeURIComponent(id)}`;
    const found = await (await api()).get(path, erasureDetail, { limit: ITEMS_SHOWN });
    print(values.json ? JSON.stringify(found, undefined, 2) : describe(found, width));
  },
};

function describe(found: z.output<typeof erasureDetail>, width: number | undefined): string {
  const { state, results, legsKept, residues } = found;
  const recordings = Object.entries(results).map(([result, count]) => `${count} ${result}`);
  const parts = [
    `${found.erasureId} of ${found.party ?? found.callSid} is ${state}; requested ${formatMoment(found.requestedAt)}, covers what began until ${formatMoment(found.coversUntil)}.`,
    `Recordings: ${recordings.join(', ') || 'none'}.`,
  ];
  if (found.callsAtTwilio !== undefined) {
    const { deleted, open, left } = found.callsAtTwilio;
    parts.push(`Records of calls at Twilio: ${deleted} gone, ${open} to be deleted, ${left} left.`);
  }
  if (legsKept > 0) {
    const { legsKeptUntil, legsKeptFor } = found;
    const law =
      legsKeptUntil && ` The first that a law keeps: until ${formatMoment(legsKeptUntil)}, by ${legsKeptFor}.`;
    parts.push(
      `${legsKept} leg(s) keep the number in the ledger until a hold or a statutory minimum ends.${law ?? ''}`,
    );
  }
  if (found.items.length > 0) {
    const rows = found.items.map(({ recordingSid, result, until, why }) => [
      recordingSid,
      result,
      formatMoment(until),
      why,
    ]);
    parts.push(formatTable(['RECORDING', 'RESULT', 'UNTIL', 'WHY'], rows, width));
  }
  if (residues.length > 0) {
    const rows = residues.map(({ what, why, until, finding, goneAt }) => [
      ...[
        goneAt === undefined ? formatMoment(until) || 'not known' : `gone ${formatMoment(goneAt)}`,
        what,
        finding ?? why,
      ],
    ]);
    parts.push(`Left elsewhere:\n${formatTable(['UNTIL', 'WHAT', 'WHY'], rows, width)}`);
  }
  return parts.join('\n\n');
}
