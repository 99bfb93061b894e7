import type { LeftOut } from '../domain/left-out.ts';
import type { Edge } from './edge.ts';

/** Counts what was answered 204 and not kept, and says what it was. */
export function tellLeftOut(path: string, { logger, metrics }: Edge, leftOut: readonly LeftOut[]): void {
  for (const { reason, kind, detail, callSid } of leftOut) {
    metrics.leftOut(reason);
    logger.info({ path, reason, type: kind, cause: detail, callSid }, 'nothing is kept of what Twilio sent');
  }
}
