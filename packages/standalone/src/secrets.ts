import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DataFolderError } from './embedded-postgres/errors.ts';

const secretsSchema = z.object({
  /** Bearer token of the records API. */
  recordsApiToken: z.string().min(32),
  /** The simulated Twilio account; its token signs the simulated callbacks, so it is as random as a real one. */
  simulatedAccountSid: z.string().regex(/^AC[0-9a-f]{32}$/),
  simulatedAuthToken: z.string().min(32),
});
export type Secrets = z.output<typeof secretsSchema>;

/**
 * The secrets that an installation makes for itself, kept in the data folder and readable by their owner alone.
 * @throws DataFolderError naming the file when it cannot be understood
 */
export async function loadSecrets(dataDir: string): Promise<Secrets> {
  const path = join(dataDir, 'secrets.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return createSecrets(path);
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new DataFolderError(`${path} cannot be understood: restore it, or delete it to have new secrets made`, {
      cause,
    });
  }
}

async function createSecrets(path: string): Promise<Secrets> {
  const secrets: Secrets = {
    recordsApiToken: randomBytes(24).toString('base64url'),
    simulatedAccountSid: `AC${randomBytes(16).toString('hex')}`,
    simulatedAuthToken: randomBytes(16).toString('hex'),
  };
  // Whole or not at all: half a file would ask a person to mend what a kill has broken.
  await writeFile(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return secrets;
}
