import type { EventLog } from '@onrecord/shared/event-log/port';
import { afterEach, beforeEach, describe } from 'vitest';
import { appendTests } from './event-log/append-tests.ts';
import { commitTests } from './event-log/commit-tests.ts';
import { groupTests } from './event-log/group-tests.ts';
import { rebalanceTests } from './event-log/rebalance-tests.ts';
import { topicTests } from './event-log/topic-tests.ts';
import { unavailableTests } from './event-log/unavailable-tests.ts';
import type { EventLogAdapter, Workbench } from './event-log/workbench.ts';
import { unique } from './event-log-support.ts';

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
