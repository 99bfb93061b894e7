import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openKafkaEventLog } from '@onrecord/shared/event-log/kafka/open';
import type { KafkaLimits } from '@onrecord/shared/event-log/kafka/options';
import type { EventLog } from '@onrecord/shared/event-log/port';
import type { PostgresEventLogLimits } from '@onrecord/shared/event-log/postgres/limits';
import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { createLogger } from '@onrecord/shared/telemetry/logger';

/** Where a member process finds the log. */
export type MemberPlace =
  | { kind: 'kafka'; url: string; limits: Partial<KafkaLimits> }
  | { kind: 'postgres'; url: string; limits: Partial<PostgresEventLogLimits> };

export interface MemberTask {
  group: string;
  topic: string;
  /** Commits when it has been given so many records, just behind them, and then no more. */
  commitAfter: number;
}

export function openPlace(place: MemberPlace): Promise<EventLog> {
  const logger = createLogger({ service: 'test', level: process.env.TEST_LOG ?? 'silent' });
  const shared = { url: place.url, clientId: 'test', logger };
  return place.kind === 'kafka'
    ? openKafkaEventLog({ ...shared, limits: place.limits })
    : openPostgresEventLog({ ...shared, limits: place.limits });
}

/** A member of a group in a process of its own, which can be killed. */
export async function startMemberProcess(place: MemberPlace, task: MemberTask) {
  const child: ChildProcess = spawn(process.execPath, [import.meta.filename, JSON.stringify({ place, task })], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const committed = Promise.race([
    once(child, 'message'),
    exited.then(([code]) => Promise.reject(new Error(`the member ended with status ${code} before it had committed`))),
  ]);
  committed.catch(() => undefined);
  return {
    committed,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function runMember(place: MemberPlace, { group, topic, commitAfter }: MemberTask): Promise<void> {
  const log = await openPlace(place);
  let given = 0;
  const joined = Promise.withResolvers<Awaited<ReturnType<EventLog['subscribe']>>>();
  const subscription = log.subscribe({
    group,
    topics: [topic],
    listener: {
      onRecords: async (records) => {
        const before = given;
        given += records.length;
        if (before >= commitAfter || given < commitAfter) return;
        const last = records[commitAfter - before - 1];
        if (!last) return;
        await (await joined.promise).commit(last, last.offset + 1n);
        process.send?.('committed');
      },
      onRevoking: async () => {},
      onFailure: (error) => {
        throw error;
      },
    },
  });
  joined.resolve(await subscription);
}

const [, , given] = process.argv;
if (process.argv[1] === import.meta.filename && given !== undefined) {
  // Its parent may be killed, too.
  process.on('disconnect', () => process.exit());
  const { place, task } = JSON.parse(given);
  await runMember(place, task);
}
