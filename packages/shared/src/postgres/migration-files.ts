import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The tables cannot be brought to what this program needs. The message names the file, or the versions, and the remedy. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

export interface Migration {
  version: number;
  /** Of the file. */
  name: string;
  path: string;
  sql: string;
  /** SHA-256, in hexadecimal digits. */
  checksum: string;
}

/** @throws MigrationError when a file's name or number is not the next one */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(names.map((name, index) => readMigration(directory, name, index + 1)));
}

async function readMigration(directory: string, file: string, version: number): Promise<Migration> {
  const path = join(directory, file);
  const [, number] = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file) ?? [];
  if (Number(number) !== version) {
    throw new MigrationError(`${path} should be named ${String(version).padStart(4, '0')}-what-it-does.sql`);
  }
  // A checkout on Windows may change the line ends.
  const sql = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
  return { version, name: file, path, sql, checksum: createHash('sha256').update(sql).digest('hex') };
}
