import { z } from 'zod';
import type { Command } from '../command.ts';
import { CommandError, UsageError } from '../errors.ts';
import { jsonOption } from '../flags.ts';
import { refuseArguments } from '../positionals.ts';
import { formatMoment } from '../table.ts';
import { accountIn, accountOption } from './sids.ts';

const SINCE_DEFAULT = '24h';
const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const found = z.object({
  kind: z.string(),
  eventId: z.string(),
  status: z.string(),
  callSid: z.string().optional(),
  at: z.iso.datetime(),
  heard: z.boolean(),
});
const report = z.union([
  z.object({ found }),
  z.object({ passedOver: z.object({ sid: z.string().optional(), reason: z.string() }) }),
  z.object({ done: z.object({ found: z.number(), unheard: z.number(), published: z.number() }) }),
  z.object({ failed: z.string() }),
]);

export const reconcile: Command = {
  name: 'reconcile',
  summary: 'ask Twilio for recordings, calls and alerts that no callback told of',
  help: `onrecord reconcile [--since TIME] [--account SID] [--dry-run] [--json]

  Ingest asks Twilio by itself, every few minutes. This makes it look again, and as far back as you like: after an outage,
  a wrong URL at Twilio, or a recording that nobody can find. What it finds is published once more; what was known stays
  as it is. Shown is what ingest has not heard of since it was started.

  --since TIME  2026-03-01T10:00Z, or how long ago: 90m, 24h, 7d; ${SINCE_DEFAULT} by default, 60 days at most (alerts: 30)
  --account SID one account alone; all that are configured by default
  --dry-run     show what would be published, and publish nothing
  --json        one JSON object a line, with what ingest has heard of, for programs`,
  options: {
    since: { type: 'string' },
    ...accountOption,
    'dry-run': { type: 'boolean' },
    ...jsonOption,
  },
  run: async ({ ingest, print }, { values, positionals }) => {
    refuseArguments(positionals, 'say --since TIME');
    const since = readSince(String(values.since ?? SINCE_DEFAULT), Date.now());
    const accountSid = accountIn(values);
    const dryRun = values['dry-run'] === true;
    const order = { since, dryRun, ...(accountSid !== undefined && { accountSid }) };
    for await (const line of (await ingest()).lines('/reconcile', report, order)) {
      if ('failed' in line) throw new CommandError(`ingest gave up: ${line.failed}`);
      const text = values.json ? JSON.stringify(line) : describe(line, dryRun);
      if (text !== undefined) print(text);
      if ('done' in line) return;
    }
    throw new CommandError('ingest broke off before it was done: look into its log, and try again');
  },
};

/** @returns ISO 8601 */
function readSince(text: string, nowMs: number): string {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const ms =
    count === undefined
      ? Date.parse(/^\d{4}-/.test(text) ? text : '')
      : nowMs - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS];
  if (ms > nowMs || ms < nowMs - SINCE_MAX_MS) {
    throw new UsageError(`--since is "${text}": give a time in the past, at most 60 days ago`);
  }
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new UsageError(`--since is "${text}": give a time such as 2026-03-01T10:00Z, or how long ago: 90m, 24h, 7d`);
}

/** Ingest refuses what is older, since it would take it for news. */
const SINCE_MAX_MS = 60 * UNITS_MS.d;

function describe(line: z.output<typeof report>, dryRun: boolean): string | undefined {
  if ('passedOver' in line) return `passed over  ${line.passedOver.sid ?? 'without a SID'}: ${line.passedOver.reason}`;
  if ('done' in line) {
    const { found: all, unheard, published } = line.done;
    const outcome = dryRun ? 'Nothing was published' : `${published} published`;
    return `${all} found, ${unheard} of them not heard of since ingest was started. ${outcome}.`;
  }
  if (!('found' in line)) return undefined;
  const { kind, eventId, status, callSid, at, heard } = line.found;
  const about = callSid === undefined ? '' : `  ${callSid}`;
  return heard ? undefined : `${formatMoment(at)}  ${kind.padEnd(9)}  ${eventId.split(':')[1]}  ${status}${about}`;
}
