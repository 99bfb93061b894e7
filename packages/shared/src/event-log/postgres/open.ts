import { migrate } from '../../postgres/migrate.ts';
import { openPool, type Pool } from '../../postgres/pool.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { EventLog } from '../port.ts';
import { PostgresEventLog } from './event-log.ts';
import { DEFAULT_LIMITS, type PostgresEventLogLimits } from './limits.ts';
import { eventLogSchema } from './schema.ts';
import { toUnavailable } from './unavailable.ts';

export interface PostgresEventLogOptions {
  logger: Logger;
  limits?: Partial<PostgresEventLogLimits> | undefined;
  /** Either the URL of the database, for connections of its own, */
  url?: string | undefined;
  /** or a pool, which stays open when the log is closed. One connection of it is taken for listening. */
  pool?: Pool | undefined;
  /** Of its own connections, as shown in `pg_stat_activity`. */
  clientId?: string | undefined;
  /** Connections of its own at most. Default 10: one listens, the others append, read and commit side by side. */
  poolMax?: number | undefined;
}

const POOL_MAX = 10;

/**
 * An event log in a Postgres database; its tables, in the schema `event_log`, are created or brought up to date.
 * @throws EventLogUnavailableError when the database does not answer
 * @throws MigrationError when its tables are newer than this program
 */
export async function openPostgresEventLog(options: PostgresEventLogOptions): Promise<EventLog> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { logger, pool = openOwnPool(options, limits) } = options;
  const endOwn = async () => {
    if (pool !== options.pool) await pool.end();
  };
  try {
    await migrate(pool, eventLogSchema);
  } catch (error) {
    await endOwn();
    throw toUnavailable(error, 'open the event log');
  }
  return new PostgresEventLog(pool, limits, logger, endOwn);
}

function openOwnPool(
  { url, clientId, poolMax, logger }: PostgresEventLogOptions,
  limits: PostgresEventLogLimits,
): Pool {
  if (url === undefined) throw new Error('an event log in Postgres needs a URL or a pool');
  return openPool({
    url,
    max: poolMax ?? POOL_MAX,
    applicationName: clientId ?? 'onrecord event log',
    logger,
    connectionTimeoutMs: Math.ceil(limits.answerTimeoutMs / 2),
    // What nobody waits for any more is cancelled by the server.
    statementTimeoutMs: limits.answerTimeoutMs,
    answerTimeoutMs: limits.answerTimeoutMs,
    // A member that stops in the middle of a heartbeat must not keep the others from theirs until their leases end.
    idleInTransactionTimeoutMs: Math.ceil(limits.leaseMs / 2),
  });
}
