import type { Logger } from '../../telemetry/logger.ts';
import type { StoredRecord } from '../port.ts';

/** What a handler is given beside its event. */
export interface HandlerContext {
  /** From 1; counts across retry topics. */
  readonly attempt: number;
  /** Aborted at the deadline, and when the event is going to be handled elsewhere. Pass it to everything that waits. */
  readonly signal: AbortSignal;
  /** Names the event in every line. */
  readonly logger: Logger;
  readonly record: StoredRecord;
}
