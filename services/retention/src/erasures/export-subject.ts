import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { ObjectNotFoundError, type ObjectStore } from '@onrecord/shared/object-store/port';
import { type Pack, pack } from 'tar-stream';
import type { Accesses } from '../access/accesses.ts';
import type { RecordsReader } from '../ledger/read/reader.ts';
import { type HeldOnSubject, onlyNumbersOf } from './subjects.ts';
import { viewErasure } from './view-erasure.ts';

export interface ExportDeps {
  reader: Pick<RecordsReader, 'find' | 'findCall'>;
  accesses: Pick<Accesses, 'list'>;
  objectStore: Pick<ObjectStore, 'get'>;
}

export interface Exported {
  accountSid: string;
  e164: string;
  held: HeldOnSubject;
  exportedAt: Date;
}

/** Accesses to one recording that are written out, the latest. */
const ACCESSES_MAX = 1_000;

/**
 * Everything held on a person as one tar archive, as it is read: nothing is held in memory but one document, and the part of an object
 * that is on its way. The manifest, with the SHA-256 of each file, comes last: an archive without it is not whole.
 */
export function exportSubject(deps: ExportDeps, exported: Exported): Readable {
  const archive = pack();
  // The library's streams are not Node's.
  const out = new PassThrough();
  archive.pipe(out);
  archive.on('error', (error) => out.destroy(error));
  // Also where the client is gone: nothing more is read for it then.
  out.on('close', () => archive.destroy(new Error('nobody reads the archive any more')));
  writeAll(deps, exported, new ArchiveWriter(archive, exported)).then(
    () => archive.finalize(),
    (error) => out.destroy(error),
  );
  return out;
}

async function writeAll({ reader, accesses, objectStore }: ExportDeps, exported: Exported, to: ArchiveWriter) {
  const { accountSid, held } = exported;
  for (const callSid of held.calls) await to.json(`calls/${callSid}.json`, await reader.findCall(accountSid, callSid));
  for (const recordingSid of held.recordings) {
    const recording = await reader.find(accountSid, recordingSid);
    if (recording === undefined) continue;
    const folder = `recordings/${recordingSid}`;
    await to.json(`${folder}/recording.json`, recording);
    const listed = await accesses.list({ accounts: [accountSid], recordingSid, limit: ACCESSES_MAX });
    await to.json(
      `${folder}/accesses.json`,
      listed.map(({ accessId, ...access }) => ({ accessId: String(accessId), ...access })),
    );
    if (recording.state === 'deleted') continue;
    for (const { key, kind } of recording.objects) {
      if (kind !== 'manifest') await to.object(`${folder}/${key.slice(key.lastIndexOf('/') + 1)}`, objectStore, key);
    }
  }
  await to.json('erasures.json', held.erasures.map(viewErasure));
  await to.manifest();
}

interface ManifestFile {
  name: string;
  bytes: number;
  sha256: string;
}

class ArchiveWriter {
  readonly #archive: Pack;
  readonly #exported: Exported;
  readonly #files: ManifestFile[] = [];
  /** Named by the ledger and not in the store any more. */
  readonly #missing: string[] = [];

  constructor(archive: Pack, exported: Exported) {
    this.#archive = archive;
    this.#exported = exported;
  }

  async json(name: string, value: unknown): Promise<void> {
    const masked = onlyNumbersOf(this.#exported.e164, JSON.parse(JSON.stringify(value ?? null)) as unknown);
    const bytes = Buffer.from(`${JSON.stringify(masked, undefined, 2)}\n`);
    await this.#entry(name, bytes.length, Readable.from([bytes]));
  }

  async object(name: string, store: Pick<ObjectStore, 'get'>, key: string): Promise<void> {
    try {
      const { bytes, body } = await store.get(key);
      await this.#entry(name, bytes, body);
    } catch (error) {
      if (!(error instanceof ObjectNotFoundError)) throw error;
      this.#missing.push(name);
    }
  }

  /** Of itself it says nothing. */
  async manifest(): Promise<void> {
    const { accountSid, e164, held, exportedAt } = this.#exported;
    const subject = { accountSid, number: e164, pseudonym: held.party };
    const manifest = { subject, exportedAt: exportedAt.toISOString(), files: this.#files, missing: this.#missing };
    await this.json('manifest.json', manifest);
  }

  async #entry(name: string, size: number, body: Readable): Promise<void> {
    const hash = createHash('sha256');
    const entry = this.#archive.entry({ name, size, mtime: this.#exported.exportedAt });
    const ended = Promise.race([once(entry, 'finish'), once(entry, 'close')]);
    for await (const chunk of body) {
      if (entry.destroyed) throw new Error('nobody reads the archive any more');
      hash.update(chunk as Buffer);
      if (!entry.write(chunk)) await Promise.race([once(entry, 'drain'), ended]);
    }
    entry.end(undefined);
    await ended;
    this.#files.push({ name, bytes: size, sha256: hash.digest('hex') });
  }
}
