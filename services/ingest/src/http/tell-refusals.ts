import type { HttpRefusal } from '@onrecord/shared/http/malformed-request';
import { TOO_MANY_CONNECTIONS } from '@onrecord/shared/http/serve';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import type { IngestMetrics } from '../metrics.ts';
import type { ShedReason } from './shed-load.ts';

/** A line for each of thousands of requests that are shed would be a load of its own. */
const SHED_LINE_INTERVAL_MS = 1_000;

const REMEDIES: Readonly<Record<ShedReason, string>> = {
  requests: 'run more ingest processes, or raise REQUESTS_IN_FLIGHT_MAX',
  bodies: 'run more ingest processes, or raise BODIES_BYTES_MAX',
  'alert-bodies': 'run more ingest processes, or raise ALERT_BODIES_BYTES_MAX',
  connections: 'run more ingest processes, or raise CONNECTIONS_MAX',
};

/** Counts and logs what is refused before any route sees it. `nowMs` is a clock that never goes back, in milliseconds. */
export function tellRefusals(logger: Logger, metrics: IngestMetrics, nowMs: () => number) {
  const lines = new Map<ShedReason, { count: number; nextAtMs: number }>();
  const shed = (reason: ShedReason) => {
    metrics.shed(reason);
    const line = lines.get(reason) ?? { count: 0, nextAtMs: Number.NEGATIVE_INFINITY };
    lines.set(reason, line);
    line.count += 1;
    if (nowMs() < line.nextAtMs) return;
    logger.warn({ reason, count: line.count, remedy: REMEDIES[reason] }, 'too much came at a time and was put off');
    Object.assign(line, { count: 0, nextAtMs: nowMs() + SHED_LINE_INTERVAL_MS });
  };
  const refused = ({ status, reason }: HttpRefusal) => {
    if (reason === TOO_MANY_CONNECTIONS) return shed('connections');
    metrics.unreadable(status ?? 0);
    logger.info({ httpStatus: status, reason }, 'a request was refused unread');
  };
  return { shed, refused };
}
