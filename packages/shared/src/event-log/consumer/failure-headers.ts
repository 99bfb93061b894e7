import type { LogRecord } from '../port.ts';
import { retryTopicFor, type TopicRole } from './topic-roles.ts';

/** Headers of records in retry and dead-letter topics. The event's own headers and its value stay as they were. */
export const FAILURE_HEADERS = {
  /** Attempts that failed so far. */
  attempts: 'onrecord-attempt',
  /** The consumer group that failed; others pass over the record. */
  group: 'onrecord-group',
  /** RFC 3339. */
  firstFailed: 'onrecord-first-failed',
  lastFailed: 'onrecord-last-failed',
  reason: 'onrecord-reason',
  stage: 'onrecord-stage',
  /** RFC 3339; only in retry topics. */
  notBefore: 'onrecord-not-before',
  originTopic: 'onrecord-origin-topic',
} as const;

export interface Failure {
  group: string;
  stage: string;
  reason: string;
  attempts: number;
  firstFailedAt: Date;
  lastFailedAt: Date;
}

/** What the headers of a record say about earlier attempts; a record without them is at its first. */
export interface EarlierAttempts {
  attempts: number;
  /** The group that the record is for; undefined for every group. */
  group: string | undefined;
  firstFailedAt: Date | undefined;
  notBefore: Date | undefined;
}

export function readFailureHeaders(headers: LogRecord['headers']): EarlierAttempts {
  const attempts = Number(headers[FAILURE_HEADERS.attempts] ?? 0);
  return {
    attempts: Number.isSafeInteger(attempts) && attempts > 0 ? attempts : 0,
    group: headers[FAILURE_HEADERS.group],
    firstFailedAt: readInstant(headers[FAILURE_HEADERS.firstFailed]),
    notBefore: readInstant(headers[FAILURE_HEADERS.notBefore]),
  };
}

function readInstant(text: string | undefined): Date | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : new Date(time);
}

export function retryRecord(record: LogRecord, role: TopicRole, failure: Failure, afterMs: number): LogRecord {
  const notBefore = new Date(failure.lastFailedAt.getTime() + afterMs).toISOString();
  const headers = { ...failureHeaders(record, role, failure), [FAILURE_HEADERS.notBefore]: notBefore };
  return { ...copyOf(record), topic: retryTopicFor(role, afterMs), headers };
}

export function deadLetterRecord(record: LogRecord, role: TopicRole, failure: Failure): LogRecord {
  const { [FAILURE_HEADERS.notBefore]: _, ...headers } = failureHeaders(record, role, failure);
  return { ...copyOf(record), topic: role.deadLetter, headers };
}

/** The same record again, to wait longer than its topic waits: no attempt was made. */
export const requeuedRecord = (record: LogRecord, role: TopicRole, waitMs: number): LogRecord => ({
  ...copyOf(record),
  topic: retryTopicFor(role, waitMs),
  headers: record.headers,
});

const copyOf = ({ key, value }: LogRecord) => ({ key, value });

const failureHeaders = (record: LogRecord, role: TopicRole, failure: Failure): Record<string, string> => ({
  ...record.headers,
  [FAILURE_HEADERS.attempts]: String(failure.attempts),
  [FAILURE_HEADERS.group]: failure.group,
  [FAILURE_HEADERS.firstFailed]: failure.firstFailedAt.toISOString(),
  [FAILURE_HEADERS.lastFailed]: failure.lastFailedAt.toISOString(),
  // One line of printable text: headers are read by tools that print them as they are.
  [FAILURE_HEADERS.reason]: failure.reason.replace(/\p{Cc}+/gu, ' '),
  [FAILURE_HEADERS.stage]: failure.stage,
  [FAILURE_HEADERS.originTopic]: role.origin,
});
