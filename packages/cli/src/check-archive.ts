import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { CommandError } from './errors.ts';

const MANIFEST = 'manifest.json';
const manifestSchema = z.looseObject({
  files: z.array(z.looseObject({ name: z.string(), bytes: z.number(), sha256: z.string() })),
  missing: z.array(z.string()),
});

/**
 * Reads an export of a person: it is whole where its last file is the manifest, and has every file that this names, with its hash, and
 * no other.
 * @returns how many files, whether there are calls among them, and those that the ledger names and the store does not have
 * @throws CommandError where it is not whole
 */
export async function checkArchive(
  path: string,
): Promise<{ files: number; hasCalls: boolean; missing: readonly string[] }> {
  const seen: string[] = [];
  let manifest: Buffer | undefined;
  try {
    for await (const { name, content, sha256 } of readFiles(path)) {
      if (manifest !== undefined) throw new Error(`${name} comes after the manifest`);
      if (content === undefined) seen.push(`${name} ${sha256}`);
      manifest = content;
    }
    if (manifest === undefined) throw new Error('its manifest is missing');
    const { files, missing } = manifestSchema.parse(JSON.parse(manifest.toString()));
    const expected = files.map(({ name, sha256 }) => `${name} ${sha256}`);
    const odd = expected.find((each, index) => each !== seen[index]) ?? seen[expected.length];
    if (odd !== undefined) throw new Error(`${odd.split(' ')[0]} is not what the manifest says`);
    return { files: files.length, hasCalls: files.some(({ name }) => name.startsWith('calls/')), missing };
  } catch (error) {
    throw new CommandError(`the archive is not whole (${(error as Error).message}): nothing was kept, export it again`);
  }
}

/** Each with its hash; of the manifest alone what is in it. */
async function* readFiles(path: string) {
  const archive = extract();
  const file = createReadStream(path);
  file.on('error', (error) => archive.destroy(error));
  file.pipe(archive);
  try {
    for await (const entry of archive) {
      const { name } = entry.header;
      const hash = createHash('sha256');
      const chunks: Buffer[] = [];
      for await (const chunk of entry) {
        hash.update(chunk as Buffer);
        if (name === MANIFEST) chunks.push(chunk as Buffer);
      }
      yield { name, sha256: hash.digest('hex'), content: name === MANIFEST ? Buffer.concat(chunks) : undefined };
    }
  } finally {
    file.destroy();
  }
}
