import { addPeriod, type Period } from '@onrecord/shared/policy/period';
import type { QueryResultRow } from 'pg';
import type { RecordingEntry } from '../../domain/custody.ts';
import type { PolicyFor } from '../../domain/policy-for.ts';
import { optional } from '../rows.ts';

/** No call without recordings is due by this policy whose last status is of later than that; `undefined` where none ever is. */
export function mayBeDueBefore(accountSid: string, policyFor: PolicyFor, now: Date): Date | undefined {
  const beforeMs = now.getTime() - leastMs(policyFor(asEntry(accountSid)).periods.metadata);
  return Number.isFinite(beforeMs) ? new Date(beforeMs) : undefined;
}

/** No month is shorter. */
const SHORTEST_MONTH_MS = 28 * 86_400_000;

function leastMs(period: Period): number {
  if (period === 'forever') return Number.POSITIVE_INFINITY;
  return 'ms' in period ? period.ms : period.months * SHORTEST_MONTH_MS;
}

/** The latest of what the default and the rules that fit a leg say; `undefined` for never. */
export function dueOf(
  rows: readonly QueryResultRow[],
  policyFor: PolicyFor,
  tags: readonly string[],
): Date | undefined {
  const since = lastStatusAt(rows);
  const dues = [asEntry(String(rows[0]?.account_sid)), ...entriesOf(rows, tags)].map((entry) =>
    addPeriod(since, policyFor(entry).periods.metadata)?.getTime(),
  );
  return dues.includes(undefined) ? undefined : new Date(Math.max(...dues.map(Number)));
}

/** @param rows at least one */
export const lastStatusAt = (rows: readonly QueryResultRow[]): Date =>
  new Date(Math.max(...rows.map((row) => row.status_at.getTime())));

/** Each leg as rules see it, with the numbers of all. */
export function entriesOf(rows: readonly QueryResultRow[], tags: readonly string[]): RecordingEntry[] {
  const numbers = rows.flatMap((row) => [row.from_number, row.to_number]).filter((number) => number !== null);
  return rows.map((row) => ({
    ...asEntry(row.account_sid, { direction: optional(row.direction), numbers, tags }),
    rule: optional(row.policy_rule),
  }));
}

/** What rules select by, of a call without a recording. */
function asEntry(
  accountSid: string,
  of: { direction?: string | undefined; numbers?: readonly string[]; tags?: readonly string[] } = {},
): RecordingEntry {
  const reportedAt = new Date(0);
  const recording = { accountSid, recordingSid: '', status: 'absent', reportedAt, learnedAt: reportedAt };
  const nobody = { legs: [], participants: [], parties: [], consents: [], unread: [] };
  return {
    facts: { recording, ...nobody, places: { requirement: 'all-party', version: 'none' } },
    company: { direction: of.direction, joined: [] },
    numbers: of.numbers,
    tags: of.tags,
  };
}
