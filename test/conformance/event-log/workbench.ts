import type { EventLog } from '@onrecord/shared/event-log/port';
import type { MemberPlace } from '../member-process.ts';

/** What the suite needs to know about an adapter. Sessions should be short, since tests wait for dead members to be replaced. */
export interface EventLogAdapter {
  /** Opens the log, as each process does for itself. */
  open(): Promise<EventLog>;
  /** Opens a log whose server does not answer. */
  openUnreachable(): Promise<EventLog>;
  /** For members in a process of their own. */
  place: MemberPlace;
  /** A member that is silent for longer is dead to its group. */
  sessionTimeoutMs: number;
}

/** What a test works on; what it opens is closed after it. */
export interface Workbench extends EventLogAdapter {
  log: EventLog;
  /** With 4 partitions. */
  topic: string;
  group: string;
}
