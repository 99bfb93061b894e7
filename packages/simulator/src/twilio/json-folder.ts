import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './write-whole.ts';

/** Resources in memory, each with a copy in `<sid>.json`. */
export async function createJsonFolder<T extends { sid: string }>(folder: string) {
  await mkdir(folder, { recursive: true });
  const resources = new Map<string, T>();
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()) {
    const resource = JSON.parse(await readFile(join(folder, file), 'utf8')) as T;
    resources.set(resource.sid, resource);
  }
  /** Saves of one resource follow one another, so that the file ends as the last of them. */
  const saving = new Map<string, Promise<void>>();

  return {
    all: (): T[] => [...resources.values()],
    get: (sid: string): T | undefined => resources.get(sid),
    async save(resource: T): Promise<void> {
      const { sid } = resource;
      resources.set(sid, resource);
      const write = () => writeWhole(join(folder, `${sid}.json`), JSON.stringify(resource, null, 2));
      const saved = (saving.get(sid) ?? Promise.resolve()).then(write, write);
      saving.set(sid, saved);
      await saved;
      if (saving.get(sid) === saved) saving.delete(sid);
    },
    async remove(sid: string): Promise<void> {
      resources.delete(sid);
      await saving.get(sid);
      await rm(join(folder, `${sid}.json`), { force: true });
    },
  };
}
