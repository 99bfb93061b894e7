/** As policies write a length of time, such as `36h`, `90d`, `6mo` or `7y`; `forever` has no end. */
export const PERIOD = /^(?:forever|[1-9]\d{0,5}(?:min|h|d|w|mo|y))$/;
export const PERIOD_FORM = '30min, 36h, 90d, 2w, 6mo or 7y';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const FIXED_MS: Readonly<Record<string, number>> = { min: MINUTE_MS, h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS };

/** A length of time: months and years are as long as the calendar has them, everything else is milliseconds. */
export type Period = { months: number } | { ms: number } | 'forever';

/** @returns `undefined` for a text of another form */
export function parsePeriod(text: string): Period | undefined {
  if (!PERIOD.test(text)) return undefined;
  if (text === 'forever') return text;
  const count = Number.parseInt(text, 10);
  const unit = text.replace(/^\d+/, '');
  if (unit === 'mo' || unit === 'y') return { months: unit === 'y' ? count * 12 : count };
  return { ms: count * (FIXED_MS[unit] ?? 0) };
}

/** Beyond this JavaScript's dates end; nothing is kept so long. */
const LATEST_MS = 8.64e15;

/**
 * The moment a period after another one, in UTC; `undefined` where it never comes. A month without that day ends on the first days of
 * the next, so that a period is never cut short.
 */
export function addPeriod(from: Date, period: Period): Date | undefined {
  if (period === 'forever') return undefined;
  const ms = 'months' in period ? addMonths(from, period.months).getTime() : from.getTime() + period.ms;
  return Number.isNaN(ms) || ms > LATEST_MS ? undefined : new Date(ms);
}

function addMonths(from: Date, months: number): Date {
  const moved = new Date(from);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  return moved;
}

/** Whether the first period is at least as long as the second one, from whatever day they are counted. */
export function isAtLeast(period: Period, least: Period): boolean {
  if (period === 'forever') return true;
  if (least === 'forever') return false;
  if ('months' in period && 'months' in least) return period.months >= least.months;
  if ('ms' in period && 'ms' in least) return period.ms >= least.ms;
  return STARTS.every((from) => Number(addPeriod(from, period)) >= Number(addPeriod(from, least)));
}

/** Every day of four years about a leap day: months differ in length from these days on as they do from any. */
const STARTS: readonly Date[] = Array.from({ length: 4 * 366 }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)));
