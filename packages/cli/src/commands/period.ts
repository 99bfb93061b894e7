import type { Flag } from '../command.ts';
import { UsageError } from '../errors.ts';

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The flags of lists that say from when to when. */
export const periodOptions = {
  since: { type: 'string' },
  until: { type: 'string' },
} as const satisfies Record<string, Flag>;

export const TIME_HELP = '2026-03-01, 2026-03-01T10:00Z, or how long ago: 90m, 24h, 7d';

/** @returns ISO 8601. @throws UsageError also where it would end before it begins: an empty list would read as an answer */
export function periodIn({ since, until }: Readonly<Record<string, unknown>>) {
  const period = {
    since: since === undefined ? undefined : momentIn('--since', since),
    until: until === undefined ? undefined : momentIn('--until', until),
  };
  if (period.since !== undefined && period.until !== undefined && period.until < period.since)
    throw new UsageError(`--until ${until} is before --since ${since}: give them the other way round`);
  return period;
}

/** @returns ISO 8601. @throws UsageError */
export function momentIn(flag: string, given: unknown): string {
  const text = String(given);
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) {
    return new Date(Date.now() - Number(count) * UNITS_MS[unit as keyof typeof UNITS_MS]).toISOString();
  }
  // A time without a zone would be read in that of the machine.
  const ms = /^\d{4}-\d\d-\d\d(T\S+(Z|[+-]\d\d:\d\d))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new UsageError(`${flag} is "${text}": give a time such as ${TIME_HELP}`);
  return new Date(ms).toISOString();
}

/** A day, which is its beginning in UTC, or a time, also one to come. @returns ISO 8601. @throws UsageError */
export function dayOrTimeIn(flag: string, given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const text = String(given);
  const isMoment = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(text);
  const ms = isMoment ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(ms)) return new Date(ms).toISOString();
  throw new UsageError(`${flag} is "${text}": give a day, or a time with Z or its offset, as 2027-12-31T18:00:00Z`);
}
