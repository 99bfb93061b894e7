import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainFile } from '@onrecord/shared/file-system/explain-file';
import type { z } from 'zod';
import { CommandError } from './errors.ts';

interface Content<T> {
  schema: z.ZodType<T>;
  /** What it has not, where it is another file. */
  lacks: string;
  /** What says the same in its place. */
  settings: string;
}

/**
 * What an Onrecord that was started on this machine wrote into its data folder for the command line.
 * @throws CommandError with what to set or to start
 */
export async function readStarted<T>(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
  { schema, lacks, settings }: Content<T>,
): Promise<{ found: T; path: string }> {
  const path = join(environment.ONRECORD_DATA_DIR || 'data', file);
  try {
    return { found: schema.parse(JSON.parse(await readFile(path, 'utf8'))), path };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new CommandError(
        `no Onrecord was started in this folder (there is no ${path}): start it with \`npx -y pnpm@10 start\`, or set ${settings}`,
      );
    }
    const reason = error instanceof SyntaxError ? 'it is not JSON' : `it has no ${lacks}`;
    const why = (error as NodeJS.ErrnoException).code === undefined ? reason : explainFile(error);
    throw new CommandError(`${path} is not usable (${why}): \`npx -y pnpm@10 start\` writes it anew`);
  }
}
