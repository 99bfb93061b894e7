import type { TestProject } from 'vitest/node';
import { startKafka } from './kafka.ts';
import { startPostgres } from './postgres.ts';
import { startSeaweedFs } from './seaweedfs.ts';
import { startOrExplain } from './unavailable.ts';

/** What tests get of a server; `stop` stays here. */
type Provided<T> = Omit<T, 'stop' | 'kill'> | { unavailable: string };

declare module 'vitest' {
  export interface ProvidedContext {
    kafka: Provided<Awaited<ReturnType<typeof startKafka>>>;
    s3: Provided<Awaited<ReturnType<typeof startSeaweedFs>>>;
    postgres: Provided<Awaited<ReturnType<typeof startPostgres>>>;
  }
}

/** Of one run, shared by its projects: Vitest may evaluate this module once for each of them, in one process. */
interface Shared {
  users: number;
  servers: ReturnType<typeof startAll> | undefined;
}

const SHARED = Symbol.for('onrecord.test-servers');
const holder = globalThis as { [SHARED]?: Shared };
holder[SHARED] ??= { users: 0, servers: undefined };
const shared: Shared = holder[SHARED];

/**
 * Starts the servers once a run. Each dies with this process however it ends (`server-process.ts`), so only an orderly end needs the
 * function returned.
 *
 * @public called by Vitest
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.users += 1;
  shared.servers ??= startAll();
  const { provided } = await shared.servers;
  for (const name of NAMES) project.provide(name, provided[name]);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    const servers = await shared.servers;
    shared.servers = undefined;
    await servers?.stop();
  };
}

const NAMES = ['kafka', 's3', 'postgres'] as const;

async function startAll() {
  const results = await Promise.allSettled([start(startKafka), start(startSeaweedFs), start(startPostgres)] as const);
  const stop = async () => {
    await Promise.all(results.map((result) => result.status === 'fulfilled' && result.value.stop()));
  };
  const [kafka, s3, postgres] = results;
  if (kafka.status === 'fulfilled' && s3.status === 'fulfilled' && postgres.status === 'fulfilled') {
    const provided = { kafka: kafka.value.provided, s3: s3.value.provided, postgres: postgres.value.provided };
    return { provided, stop };
  }
  await stop();
  throw results.find((result) => result.status === 'rejected')?.reason;
}

async function start<T extends { stop(): Promise<void> }>(startServer: () => Promise<T>) {
  const started = await startOrExplain(() => startServer());
  if ('reason' in started) return { provided: { unavailable: started.reason }, stop: async () => {} };
  const { stop } = started.server;
  // What is provided travels to the tests' processes: plain values alone.
  const provided = Object.fromEntries(
    Object.entries(started.server).filter(([, value]) => typeof value !== 'function'),
  );
  return { provided: provided as Omit<T, 'stop' | 'kill'>, stop };
}
