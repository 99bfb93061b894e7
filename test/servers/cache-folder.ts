import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Where what a test run fetches is kept: `.cache` of the project, or `ONRECORD_CACHE_DIR`. */
function cacheFolder(): string {
  return resolve(process.env.ONRECORD_CACHE_DIR || join(import.meta.dirname, '../../.cache'));
}

/**
 * The folder `name` of the cache; filled by `fill` when it is not there. It appears whole or not at all, so an interrupted fetch is
 * started over and of two at once the first one's result is used by both.
 * @param announcement what is about to be fetched, with its size
 */
export async function cached(name: string, announcement: string, fill: (folder: string) => Promise<void>) {
  const folder = join(cacheFolder(), name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const partial = await mkdtemp(join(cacheFolder(), `.partial-${name}-`));
  try {
    console.log(`fetching ${announcement} into ${folder}`);
    await fill(partial);
    await rename(partial, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
