import { stat } from 'node:fs/promises';

/** @returns `undefined` where nothing is, or nothing that can be looked at */
export const whatIsAt = (path: string): Promise<{ bytes: number; isFolder: boolean } | undefined> =>
  stat(path).then(
    (found) => ({ bytes: found.size, isFolder: found.isDirectory() }),
    () => undefined,
  );
