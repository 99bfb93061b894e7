import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PostgresEventLogLimits } from '@onrecord/shared/event-log/postgres/limits';

export interface FrozenMemberOptions {
  url: string;
  group: string;
  topic: string;
  limits: Partial<PostgresEventLogLimits>;
}

/**
 * A member of a group that stops in the middle of its work, as under SIGSTOP or when its machine is suspended: its connections stay
 * open, and nothing of it runs until it is thawed. It has read a record of partition 0 by then.
 */
export async function startFrozenMember(options: FrozenMemberOptions) {
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./frozen-member-worker.ts', import.meta.url), {
    workerData: { ...options, gate },
  });
  await once(worker, 'message');
  return {
    /** @returns `committed`, or the name of the error */
    thawAndCommit: async (nextOffset: bigint): Promise<string> => {
      const answer = once(worker, 'message');
      Atomics.store(gate, 1, Number(nextOffset));
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      return (await answer)[0];
    },
    end: () => worker.terminate(),
  };
}
