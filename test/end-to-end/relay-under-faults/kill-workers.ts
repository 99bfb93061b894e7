import { setTimeout as sleep } from 'node:timers/promises';
import { vi } from 'vitest';
import { folderOf } from './archived.ts';
import type { Installation } from './installation.ts';
import type { SeededRecording } from './recordings.ts';
import { chance } from './seeded.ts';

export interface Kills {
  seed: string;
  count: number;
  recordings: readonly SeededRecording[];
  /** How many recordings are done with. */
  done(): number;
  timeoutMs: number;
}

/** Up to so much later than the work that was waited for. */
const JITTER_MS = 500;

/** Kills a worker without warning and starts it again, so often, spread over the work. */
export async function killWorkers(
  { openStore, speech, workers }: Pick<Installation, 'openStore' | 'speech' | 'workers'>,
  { seed, count, recordings, done, timeoutMs }: Kills,
): Promise<void> {
  const store = await openStore();
  const folders = new Map(recordings.map((recording) => [recording.sid, folderOf(recording)]));
  const isStored = async (sid: string) => Boolean(await store.head(`${folders.get(sid)}provider-response.json`));
  for (let kill = 0; kill < count; kill += 1) {
    const doneBefore = ((kill + chance(seed, 'kill', kill)) * recordings.length) / (count + 1);
    await vi.waitUntil(() => done() >= doneBefore, { timeout: timeoutMs, interval: 20 });
    await sleep(chance(seed, 'kill jitter', kill) * JITTER_MS);
    const index = Math.floor(chance(seed, 'kill worker', kill) * workers.length);
    await workers[index]?.kill();
    await speech.onKilled(index, async ({ sid }) => !(await isStored(sid)));
    await workers[index]?.start();
  }
}
