import { setTimeout as sleep } from 'node:timers/promises';
import { type ClientBase, escapeLiteral, type Pool } from 'pg';

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** Of the server, by name, until the transaction ends; made with its beginning, at no round trip of their own. */
  settings?: Readonly<Record<string, string>>;
  /** How often it is begun when the server asks for another attempt. */
  attemptsMax?: number;
}

const ATTEMPTS_MAX = 5;
const RETRY_DELAY_MS = 10;
/** serialization_failure and deadlock_detected: the server rolled back and the same work may succeed now. */
const RETRYABLE = new Set(['40001', '40P01']);

/**
 * Runs `work` in a transaction: committed when it resolves, rolled back when it throws. It may run several times (serialization
 * failures, deadlocks), so everything it does must go through the client.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: ClientBase) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const { isolation = 'read committed', attemptsMax = ATTEMPTS_MAX, settings = {} } = options;
  const begin = [`BEGIN ISOLATION LEVEL ${isolation.toUpperCase()}`, ...Object.entries(settings).map(setLocal)].join(
    ';',
  );
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work, begin);
    } catch (error) {
      if (!isRetryable(error) || attempt >= attemptsMax) throw error;
      // Two that collided must not collide again.
      await sleep(RETRY_DELAY_MS * 2 ** attempt * Math.random());
    }
  }
}

/** Names come from this code alone, never from input. */
const setLocal = ([name, value]: [string, string]) => `SET LOCAL ${name} = ${escapeLiteral(value)}`;

async function runOnce<T>(pool: Pool, work: (client: ClientBase) => Promise<T>, begin: string): Promise<T> {
  const client = await pool.connect();
  let reusable = false;
  try {
    await client.query(begin);
    const result = await work(client);
    const { command } = await client.query('COMMIT');
    reusable = true;
    // After a failed statement, whose error was swallowed, the server answers COMMIT with a rollback and without an error.
    if (command !== 'COMMIT') throw new Error('the transaction was rolled back: one of its statements had failed');
    return result;
  } catch (error) {
    if (!reusable) reusable = await rollback(client);
    throw error;
  } finally {
    client.release(!reusable);
  }
}

/** Whether the connection is good for other transactions. */
async function rollback(client: ClientBase): Promise<boolean> {
  try {
    await client.query('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}

export const isRetryable = (error: unknown) => RETRYABLE.has(sqlState(error) ?? '');

/** The server's error code. Source: PostgreSQL documentation, "Appendix A. PostgreSQL Error Codes". */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
