import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '@onrecord/shared/config/settings';
import { explainFile } from '@onrecord/shared/file-system/explain-file';

/** A public key at Twilio, by which its private key is found. */
const KEY_SID = /^CR[0-9a-f]{32}$/i;
const PEM_FILE = /\.pem$/;
/** A PEM key has some 3 kB; a file of 300 keys is far below this. */
const FILE_BYTES_MAX = 1_048_576;

/**
 * The private keys of encrypted recordings by the SID of their public key: of a JSON file `{"CR…": "-----BEGIN …"}`, or of a folder
 * with files `CR….pem`.
 * @throws SettingsError naming the file and the key, never what is in it
 */
export async function readRecordingKeys(path: string | undefined): Promise<ReadonlyMap<string, KeyObject>> {
  const keys = new Map<string, KeyObject>();
  if (path === undefined) return keys;
  const pems = await readPems(path);
  for (const [sid, pem] of pems) {
    if (!KEY_SID.test(sid))
      throw problem(path, `"${sid}" is no SID of a public key: give CR and 32 hexadecimal digits`);
    keys.set(`CR${sid.slice(2).toLowerCase()}`, parseKey(path, sid, pem));
  }
  if (keys.size === 0)
    throw problem(path, 'it has no keys: give {"CR…": "-----BEGIN PRIVATE KEY-----…"}, or files CR….pem');
  return keys;
}

function parseKey(path: string, sid: string, pem: unknown): KeyObject {
  try {
    const key = createPrivateKey(String(pem));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // What OpenSSL says could quote the key.
  }
  throw problem(path, `${sid} is not an unencrypted RSA private key in PEM`);
}

async function readPems(path: string): Promise<[sid: string, pem: unknown][]> {
  try {
    if (!(await stat(path)).isDirectory()) return parseFile(path, await readBounded(path));
    const files = (await readdir(path)).filter((name) => PEM_FILE.test(name));
    return await Promise.all(
      files.map(async (name): Promise<[string, string]> => {
        return [name.replace(PEM_FILE, ''), await readBounded(join(path, name))];
      }),
    );
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    const why = (error as NodeJS.ErrnoException).code === undefined ? 'unknown reason' : explainFile(error);
    throw problem(path, `it cannot be read (${why})`);
  }
}

async function readBounded(file: string): Promise<string> {
  if ((await stat(file)).size > FILE_BYTES_MAX) throw problem(file, 'it is longer than 1 MiB');
  return readFile(file, 'utf8');
}

function parseFile(path: string, json: string): [string, unknown][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    // What the parser says could quote a key.
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw problem(path, 'it is no JSON object of PEM keys by the SID of their public key');
  }
  return Object.entries(parsed);
}

const problem = (path: string, why: string) => new SettingsError(`RECORDING_KEYS_FILE ${path}: ${why}`);
