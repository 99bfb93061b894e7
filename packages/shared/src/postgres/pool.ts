import pg from 'pg';
import type { Logger } from '../telemetry/logger.ts';

export { inTransaction } from './transaction.ts';

export type Pool = pg.Pool;
/** A connection of the pool, or of a transaction. */
export type Client = pg.ClientBase;

export interface PoolOptions extends Partial<PoolTimeouts> {
  /** `postgres://user:password@host:port/database`; `?sslmode=verify-full&sslrootcert=/path` for TLS. */
  url: string;
  /** Taken by every connection as soon as it is signed in; absent: the URL's own. */
  role?: string | undefined;
  /** Connections at most. */
  max: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  logger: Logger;
}

/** All in milliseconds. */
interface PoolTimeouts {
  /** From asking for a connection to having one, waiting for a free one included. */
  connectionTimeoutMs: number;
  /** A statement that takes longer is cancelled by the server. */
  statementTimeoutMs: number;
  /** A statement without an answer for longer ends its connection: the server, or the way to it, is gone. */
  answerTimeoutMs: number;
  /** A transaction that nobody works on for longer is rolled back by the server. */
  idleInTransactionTimeoutMs: number;
  /** A connection that nobody used for longer is closed. */
  idleTimeoutMs: number;
}

const DEFAULT_TIMEOUTS: PoolTimeouts = {
  connectionTimeoutMs: 5_000,
  statementTimeoutMs: 30_000,
  answerTimeoutMs: 35_000,
  // The outbox relay publishes inside a transaction; the event log answers or gives up well before.
  idleInTransactionTimeoutMs: 60_000,
  idleTimeoutMs: 60_000,
};

/** After this, TCP asks whether the other end still lives. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** Opens connections only when they are needed. A connection that breaks while it is idle is logged and replaced. */
export function openPool(options: PoolOptions): Pool {
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options };
  const pool = new pg.Pool({
    connectionString: options.role === undefined ? options.url : takingRole(options.url, options.role),
    max: options.max,
    application_name: options.applicationName,
    connectionTimeoutMillis: timeouts.connectionTimeoutMs,
    statement_timeout: timeouts.statementTimeoutMs,
    query_timeout: timeouts.answerTimeoutMs,
    idle_in_transaction_session_timeout: timeouts.idleInTransactionTimeoutMs,
    idleTimeoutMillis: timeouts.idleTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: { getTypeParser },
  });
  // Without a listener, an idle connection that breaks would end the process; the pool itself only listens while it is idle.
  // When the pool has ended, its connections are still being closed, and a database that stops now breaks them: nothing is lost.
  pool.on('error', (err) => {
    if (!pool.ending) options.logger.warn({ err }, 'an idle database connection broke');
  });
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** In the URL, whose own options would win over any beside it. RESET ROLE comes back to it as well. */
function takingRole(text: string, role: string): string {
  const url = new URL(text);
  const own = url.searchParams.get('options');
  url.searchParams.set(
    'options',
    [...(own === null ? [] : [own]), `-c role=${role.replaceAll(/[\\\s]/g, '\\$&')}`].join(' '),
  );
  return url.href;
}

/** `int8` is read as bigint: as a number it would lose digits, as a string it would compare wrongly. */
const getTypeParser: typeof pg.types.getTypeParser = (oid, format) =>
  oid === pg.types.builtins.INT8 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format);
