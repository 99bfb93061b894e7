import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DataFolderError } from './embedded-postgres/errors.ts';

const secretsSchema = z.object({
  /** Bearer token of the records API. */
  recordsApiToken: z.string().min(32),
  /** Makes the stand-ins for phone numbers. */
  pseudonymKey: z.string().min(32),
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
  if (text === undefined) return save(path, newSecrets());
  try {
    const kept = z.looseObject({}).parse(JSON.parse(text));
    if ('pseudonymKey' in kept) return secretsSchema.parse(kept);
    // Made before there was such a key.
    return save(path, secretsSchema.parse({ ...kept, pseudonymKey: newSecrets().pseudonymKey }));
  } catch (cause) {
    throw new DataFolderError(`${path} cannot be understood: restore it, or delete it to have new secrets made`, {
      cause,
    });
  }
}

const newSecrets = (): Secrets => ({
  recordsApiToken: randomBytes(24).toString('base64url'),
  pseudonymKey: randomBytes(32).toString('base64url'),
  simulatedAccountSid: `AC${randomBytes(16).toString('hex')}`,
  simulatedAuthToken: randomBytes(16).toString('hex'),
});

async function save(path: string, secrets: Secrets): Promise<Secrets> {
  // Whole or not at all: half a file would ask a person to mend what a kill has broken.
  await writeFile(`${path}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  return secrets;
}
