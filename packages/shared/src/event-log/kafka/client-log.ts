import kafkajs, { type LogEntry } from 'kafkajs';
import type { Logger } from '../../telemetry/logger.ts';

/**
 * What kafkajs calls an error is nearly always something that it tries again, or that the adapter reports itself when it matters: a
 * broker out of reach, a coordinator still loading, a rebalance.
 */
const DEALT_WITH =
  /^(Response |Connection |Failed to connect|Failed to send|Crash: |Restarting|The group is rebalancing|The coordinator is not aware|Limiting retries|Closed connection|Producing to topic without|\[?Broker|Request .* timed out)|coordinator|rebalanc|leader/i;

/** kafkajs's log as lines of ours: errors as warnings, since what ends something is reported by the adapter; the rest at debug. */
export const clientLog =
  (logger: Logger) =>
  ({ namespace, level, log }: LogEntry): void => {
    const { message, error, groupId, broker } = log as LogEntry['log'] & Record<string, unknown>;
    const matters = level <= kafkajs.logLevel.WARN && !DEALT_WITH.test(message);
    const fields = {
      component: `kafkajs ${namespace}`,
      reason: error === undefined ? undefined : String(error instanceof Error ? error.message : error),
      group: groupId,
      brokers: broker,
    };
    logger[matters ? 'warn' : 'debug'](fields, message);
  };
