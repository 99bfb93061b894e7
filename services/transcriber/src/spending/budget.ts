import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { instant } from '@onrecord/shared/events';
import { ObjectExistsError } from '@onrecord/shared/object-store/port';
import { z } from 'zod';
import { dayOf, untilNextDayMs } from '../domain/budget-day.ts';
import { spendingKey } from '../domain/object-keys.ts';
import { STAGES } from '../domain/stages.ts';
import { readHeld, toStoredJson, type WritableStore } from '../stored-json.ts';

const SPENDING_SCHEMA = 'onrecord.spending.v1';

const spending = z.looseObject({
  schema: z.literal(SPENDING_SCHEMA),
  /** Of billed audio that this process sent on this day for this account. */
  seconds: z.number().nonnegative(),
  updatedAt: instant,
});

/** What may be sent to a provider in a day (UTC), for each account. */
export interface Budget {
  /** Of billed audio; absent where there is no limit. */
  readonly secondsPerDay: number | undefined;
  /**
   * Takes seconds before they are sent.
   * @returns gives them back, when they are not billed after all
   * @throws StageError `transcription-budget`: postponed, to the next day at most, when today's budget is spent; transient when that
   *   cannot be told
   */
  take(accountSid: string, seconds: number, signal: AbortSignal): Promise<() => Promise<void>>;
  /** Seconds that were spent today by all processes, as far as this one has seen, by account. */
  spentToday(): ReadonlyMap<string, number>;
}

export interface BudgetOptions {
  store: WritableStore;
  secondsPerDay: number | undefined;
  now(): Date;
  /** Once a day and account. */
  onSpent(spent: { accountSid: string; seconds: number }): void;
}

/** One process's part of an account's day. */
interface Part {
  accountSid: string;
  day: string;
  /** Of this process's object; undefined until it has one. */
  number: number | undefined;
  own: number;
  others: number;
  isTold: boolean;
}

/** What waits asks again so often, for a budget that was raised meanwhile; and so it holds up nothing in the hourly retry topic. */
const WAIT_MAX_MS = 3_600_000;

/** A process has one a day, and one more each time that it is started again. */
const PROCESSES_MAX = 10_000;

/**
 * Each process keeps what it has sent in an object that it alone writes. It writes before it looks at the others': of two that send at the
 * same moment, one at least sees the other. So the day ends less than one recording beyond its budget, however many processes there are.
 */
export function createBudget({ now, onSpent, secondsPerDay, store }: BudgetOptions): Budget {
  const parts = new Map<string, Part>();
  const turns = new Map<string, Promise<unknown>>();

  const inTurn = <T>(accountSid: string, step: () => Promise<T>): Promise<T> => {
    const turn = (turns.get(accountSid) ?? Promise.resolve()).then(step, step);
    turns.set(
      accountSid,
      turn.catch(() => {}),
    );
    return turn;
  };

  const partOfToday = (accountSid: string): Part => {
    const day = dayOf(now());
    const known = parts.get(accountSid);
    if (known?.day === day) return known;
    const fresh = { accountSid, day, number: undefined, own: 0, others: 0, isTold: false };
    parts.set(accountSid, fresh);
    return fresh;
  };

  const refuse = (part: Part): StageError => {
    const waitMs = Math.min(untilNextDayMs(now()), WAIT_MAX_MS);
    const seconds = part.own + part.others;
    if (!part.isTold) onSpent({ accountSid: part.accountSid, seconds });
    part.isTold = true;
    return new StageError(
      STAGES.transcriptionBudget,
      `the transcription budget of ${secondsPerDay} s is spent for ${part.day} (${seconds} s were sent): raise TRANSCRIPTION_BUDGET_PER_DAY, or wait for the next day (UTC)`,
      { kind: 'postponed', retryAfterMs: waitMs },
    );
  };

  const change = async (part: Part, seconds: number, signal?: AbortSignal) => {
    part.own += seconds;
    try {
      await save(store, part, now(), signal);
    } catch (error) {
      part.own -= seconds;
      throw error;
    }
  };

  const takeToday = async (accountSid: string, seconds: number, limit: number, signal: AbortSignal) => {
    const part = partOfToday(accountSid);
    part.others = await readOthers(store, part, signal);
    if (part.own + part.others >= limit) throw refuse(part);
    await change(part, seconds, signal);
    part.others = await readOthers(store, part, signal);
    if (part.own - seconds + part.others < limit) return part;
    await change(part, -seconds);
    throw refuse(part);
  };

  return {
    secondsPerDay,
    async take(accountSid, seconds, signal) {
      if (secondsPerDay === undefined) return async () => {};
      const part = await inTurn(accountSid, () => takeToday(accountSid, seconds, secondsPerDay, signal)).catch(named);
      return () => inTurn(accountSid, () => change(part, -seconds));
    },
    spentToday: () => {
      const today = [...parts.values()].filter(({ day }) => day === dayOf(now()));
      return new Map(today.map(({ accountSid, others, own }) => [accountSid, own + others]));
    },
  };
}

/** A store that cannot tell what was spent is a reason to wait: nothing is sent that nobody counts. */
function named(error: unknown): never {
  if (error instanceof StageError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  throw new StageError(STAGES.transcriptionBudget, `what was spent today cannot be told: ${message}`, {
    kind: 'transient',
    cause: error,
  });
}

async function save(store: WritableStore, part: Part, now: Date, signal?: AbortSignal): Promise<void> {
  const { accountSid, day, own } = part;
  const body = toStoredJson({ schema: SPENDING_SCHEMA, accountSid, day, seconds: own, updatedAt: now.toISOString() });
  const options = { contentType: 'application/json', ...(signal && { signal }) };
  if (part.number !== undefined) {
    await store.put(spendingKey(accountSid, day, part.number), body, options);
    return;
  }
  for (let number = 1; number <= PROCESSES_MAX; number += 1) {
    try {
      await store.put(spendingKey(accountSid, day, number), body, { ...options, createOnly: true });
      part.number = number;
      return;
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
  }
  throw new Error(`${PROCESSES_MAX} processes were started on ${day}`);
}

async function readOthers(store: WritableStore, { accountSid, day, number }: Part, signal: AbortSignal) {
  let seconds = 0;
  for (let other = 1; other <= PROCESSES_MAX; other += 1) {
    if (other === number) continue;
    const held = await readHeld(store, spendingKey(accountSid, day, other), signal);
    if (!held) break;
    seconds += spending.parse(JSON.parse(held.body.toString('utf8'))).seconds;
  }
  return seconds;
}
