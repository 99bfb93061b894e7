/**
 * What becomes of an event whose handling failed. Every service raises `StageError`s; this is the one place that turns an
 * error into *commit*, *retry after*, *postpone* or *dead letter*.
 */
export interface RetryPolicy {
  /** Waiting times before the second, third, … attempt, ascending, in milliseconds; the last one repeats. */
  delaysMs: readonly number[];
  /** Attempts in all, the first included; the last one that fails makes a dead letter. */
  maxAttempts: number;
}

/** About nine hours in all: longer than a provider's outage usually lasts, shorter than any retention of the log. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = { delaysMs: [5_000, 60_000, 600_000, 3_600_000], maxAttempts: 12 };

/** A server that asks for more is asked again after a day: no event disappears behind an absurd Retry-After. */
export const RETRY_AFTER_MAX_MS = 24 * 3_600_000;

/**
 * - `transient`: another attempt can help; there are only so many
 * - `permanent`: no attempt can help
 * - `postponed`: nothing failed, it is not time yet, such as for a budget that is spent for today: waits as long as `retryAfterMs` says,
 *   counts as no attempt and never becomes a dead letter
 */
export type FailureKind = 'transient' | 'permanent' | 'postponed';

export interface StageErrorOptions {
  kind: FailureKind;
  /** What the server asked for in `Retry-After`, or how long it is postponed, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** What the failure says of whoever was asked, beyond this piece of work. */
  trouble?: Trouble | undefined;
  cause?: unknown;
}

/** `busy`: it asks to be left alone for a while; `away`: it cannot be reached, or answers with failures of its own. */
export type Trouble = 'busy' | 'away';

/** A failure that knows at which stage it happened and whether trying again can help. */
export class StageError extends Error {
  override readonly name: string = 'StageError';
  /** Kebab-case, such as `download`, `archive`, `transcribe`, `parse`. */
  readonly stage: string;
  readonly kind: FailureKind;
  readonly retryAfterMs: number | undefined;
  readonly trouble: Trouble | undefined;

  constructor(stage: string, message: string, options: StageErrorOptions) {
    super(message, { cause: options.cause });
    this.stage = stage;
    this.kind = options.kind;
    this.retryAfterMs = options.retryAfterMs;
    this.trouble = options.trouble;
  }
}

/** The work is done already, or nobody needs it any more: the event counts as handled. */
export class NothingToDoError extends Error {
  override readonly name = 'NothingToDoError';
}

export type FailureDecision =
  | { action: 'commit' }
  | { action: 'retry'; afterMs: number }
  | { action: 'postpone'; afterMs: number }
  | { action: 'dead-letter'; reason: string };

/**
 * Decides on a failed attempt. Errors that are not `StageError`s count as transient.
 * @param attempt the attempt that failed, from 1
 */
export function decideFailure(error: unknown, attempt: number, policy: RetryPolicy): FailureDecision {
  if (error instanceof NothingToDoError) return { action: 'commit' };
  const reason = reasonOf(error);
  if (error instanceof StageError && error.kind === 'permanent') return { action: 'dead-letter', reason };
  if (error instanceof StageError && error.kind === 'postponed') {
    return { action: 'postpone', afterMs: Math.max(policy.delaysMs[0] ?? 0, retryAfterOf(error)) };
  }
  const delayMs = policy.delaysMs[Math.min(attempt, policy.delaysMs.length) - 1];
  if (attempt >= policy.maxAttempts || delayMs === undefined) {
    return { action: 'dead-letter', reason: `gave up after ${attempt} attempt(s): ${reason}` };
  }
  return { action: 'retry', afterMs: Math.max(delayMs, retryAfterOf(error)) };
}

/** The stage of an error; `handler` for an error that names none. */
export const stageOf = (error: unknown): string => (error instanceof StageError ? error.stage : 'handler');

/** One line that says what went wrong, for headers, logs and the ledger. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.length > REASON_CHARACTERS_MAX ? `${text.slice(0, REASON_CHARACTERS_MAX - 1)}…` : text;
}

/** A reason travels in a record's header: long enough for a server's message, far below any limit on headers. */
const REASON_CHARACTERS_MAX = 1_000;

function retryAfterOf(error: unknown): number {
  const ms = error instanceof StageError ? error.retryAfterMs : undefined;
  return ms !== undefined && ms > 0 ? Math.min(ms, RETRY_AFTER_MAX_MS) : 0;
}

/** A topic whose records wait `delayMs` before they are tried again. */
export interface RetryTopic {
  name: string;
  delayMs: number;
}

/** The retry topics of a topic, shortest delay first: `onrecord.decisions.retry.5s`, …. */
export const retryTopics = (topic: string, policy: RetryPolicy): RetryTopic[] =>
  policy.delaysMs.map((delayMs) => ({ name: `${topic}.retry.${delayName(delayMs)}`, delayMs }));

/** Where events of a topic end that cannot be handled. */
export const deadLetterTopic = (topic: string): string => `${topic}.dead-letter`;

const DELAY_UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
];

function delayName(ms: number): string {
  const unit = DELAY_UNITS.find(([, size]) => ms >= size && ms % size === 0);
  return unit ? `${ms / unit[1]}${unit[0]}` : `${ms}ms`;
}
