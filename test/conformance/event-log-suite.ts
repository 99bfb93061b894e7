import type { EventLog } from '@onrecord/shared/event-log/port';
import { afterEach, beforeEach, describe } from 'vitest';
import { appendTests } from './event-log/append-tests.ts';
import { commitTests } from './event-log/commit-tests.ts';
import { groupTests } from './event-log/group-tests.ts';
import { rebalanceTests } from './event-log/rebalance-tests.ts';
import { topicTests } from './event-log/topic-tests.ts';
import { unavailableTests } from './event-log/unavailable-tests.ts';
import { unique } from './event-log-support.ts';
import type { MemberPlace } from './member-process.ts';

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

/** The contract of `event-log/port.ts`: the same promises on every adapter. */
export function eventLogSuite(name: string, adapter: () => EventLogAdapter): void {
  describe(`the event log on ${name}`, () => {
    const bench = {} as Workbench;
    const logs: EventLog[] = [];

    beforeEach(async () => {
      const given = adapter();
      const keep = async (opening: Promise<EventLog>) => {
        const log = await opening;
        logs.push(log);
        return log;
      };
      const open = () => keep(given.open());
      Object.assign(bench, { ...given, open, openUnreachable: () => keep(given.openUnreachable()) });
      Object.assign(bench, { log: await open(), topic: unique('topic'), group: unique('group') });
    });
    afterEach(async () => {
      await Promise.all(logs.splice(0).map((log) => log.close()));
    });

    appendTests(bench);
    groupTests(bench);
    commitTests(bench);
    rebalanceTests(bench);
    topicTests(bench);
    unavailableTests(bench);
  });
}
