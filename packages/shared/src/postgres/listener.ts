import { setTimeout as sleep } from 'node:timers/promises';
import type { Notification } from 'pg';
import type { Logger } from '../telemetry/logger.ts';
import type { Client, Pool } from './pool.ts';

export interface ListenerOptions {
  pool: Pool;
  channels: readonly string[];
  logger: Logger;
  onNotification(notification: Notification): void;
  /** Listening from now on: what was notified before may have been missed. */
  onListening?(session: ListenerSession): void;
}

/** Names the connection among all that this server had since it started. */
interface ListenerSession {
  pid: number;
}

export interface Listener {
  close(): Promise<void>;
}

const RECONNECT_DELAY_MS = 100;
const RECONNECT_DELAY_MAX_MS = 5_000;
/** A connection whose other end vanished without a word is found by asking. */
const CHECK_INTERVAL_MS = 30_000;

/** Listens for NOTIFY on a connection of its own out of the pool, and on a new one whenever that breaks. */
export function startListener(options: ListenerOptions): Listener {
  const closed = new AbortController();
  const running = run(options, closed.signal);
  return {
    close: async () => {
      closed.abort();
      await running;
    },
  };
}

async function run(options: ListenerOptions, closed: AbortSignal): Promise<void> {
  let delayMs = RECONNECT_DELAY_MS;
  while (!closed.aborted) {
    try {
      await listen(options, closed, () => {
        delayMs = RECONNECT_DELAY_MS;
      });
    } catch (err) {
      if (closed.aborted) return;
      options.logger.warn({ err }, 'not listening to the database; trying again');
      await sleep(delayMs, undefined, { signal: closed }).catch(() => undefined);
      delayMs = Math.min(2 * delayMs, RECONNECT_DELAY_MAX_MS);
    }
  }
}

/** Resolves when `closed` is aborted, rejects when the connection breaks. */
async function listen(options: ListenerOptions, closed: AbortSignal, connected: () => void): Promise<void> {
  const client = await options.pool.connect();
  const broken = new Promise<never>((_, reject) => {
    client.once('error', reject);
    client.once('end', () => reject(new Error('the connection was closed')));
  });
  broken.catch(() => undefined);
  client.on('notification', options.onNotification);
  try {
    await client.query(options.channels.map((channel) => `LISTEN ${channel}`).join('; '));
    connected();
    options.onListening?.({ pid: await backendPid(client) });
    await Promise.race([broken, checkUntil(closed, client)]);
  } finally {
    // Not for others any more: it listens.
    client.release(true);
  }
}

async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

async function checkUntil(closed: AbortSignal, client: Client): Promise<void> {
  while (!closed.aborted) {
    await sleep(CHECK_INTERVAL_MS, undefined, { signal: closed, ref: false }).catch(() => undefined);
    if (!closed.aborted) await client.query('SELECT 1');
  }
}
