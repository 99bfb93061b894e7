import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { ObjectStore, ObjectVersion } from '@onrecord/shared/object-store/port';
import { ObjectExistsError, ObjectNotFoundError, ObjectStoreError } from '@onrecord/shared/object-store/port';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

/** A store as the suite needs it. */
export interface StoreUnderTest {
  store: ObjectStore;
  /** Whether an overwritten object stays as a version. */
  isVersioned: boolean;
  /** Whether writers that complete at the same moment are told apart; where not, the last one's object stays. */
  isExclusiveInParts: boolean;
  /** The part size around which the suite puts its objects. */
  partBytes: number;
  /** Keys under the prefix of which something unfinished is still kept. */
  unfinished(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}

const wav = { contentType: 'audio/wav' };
const json = { contentType: 'application/json' };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** The bytes in chunks of odd sizes, as a network would deliver them. */
async function* inChunks(bytes: Buffer, chunkBytes = 60_001) {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) yield bytes.subarray(offset, offset + chunkBytes);
}

async function* failingAfter(bytes: number, error: Error) {
  for (let sent = 0; sent < bytes; sent += 100_000) yield Buffer.alloc(100_000, 1);
  throw error;
}

async function* endlessUntilStuck(bytes: number) {
  for (let sent = 0; sent < bytes; sent += 100_000) yield Buffer.alloc(100_000, 1);
  await new Promise(() => {});
}

async function read(store: ObjectStore, key: string, options?: Parameters<ObjectStore['get']>[1]): Promise<Buffer> {
  const { body } = await store.get(key, options);
  return Buffer.concat(await body.toArray());
}

async function versions(store: ObjectStore, prefix: string): Promise<ObjectVersion[]> {
  const found: ObjectVersion[] = [];
  for await (const version of store.listVersions(prefix)) found.push(version);
  return found;
}

/** The contract of the port. Every adapter passes it, on a real disk and on a real server. */
export function objectStoreSuite(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`object store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    const folder = () => `suite/${randomUUID()}`;
    beforeAll(async () => {
      under = await open();
      store = under.store;
    });
    afterAll(() => under?.close());

    for (const [label, size] of [
      ['no byte', () => 0],
      ['one byte', () => 1],
      ['a part but one byte', (part: number) => part - 1],
      ['exactly a part', (part: number) => part],
      ['a part and one byte', (part: number) => part + 1],
      ['several parts', (part: number) => part * 3 + 12_345],
      ['exactly several parts', (part: number) => part * 2],
    ] as const) {
      it(`stores ${label} of a stream whose length nobody knew`, async () => {
        const key = `${folder()}/media.wav`;
        const bytes = randomBytes(size(under.partBytes));
        const result = await store.put(key, inChunks(bytes), wav);
        expect(result).toMatchObject({ key, bytes: bytes.length, sha256: sha256(bytes) });
        expect(sha256(await read(store, key))).toBe(sha256(bytes));
        expect(await store.head(key)).toMatchObject({ key, bytes: bytes.length, contentType: 'audio/wav' });
      });
    }

    it('stores bytes that are all there, also more than a part', async () => {
      const key = `${folder()}/media.wav`;
      const bytes = randomBytes(under.partBytes + 7);
      expect(await store.put(key, bytes, wav)).toMatchObject({ bytes: bytes.length, sha256: sha256(bytes) });
      expect(sha256(await read(store, key))).toBe(sha256(bytes));
    });

    it('says when an object was stored', async () => {
      const key = `${folder()}/manifest.json`;
      await store.put(key, Buffer.from('{}'), json);
      expect(await store.head(key)).toMatchObject({ contentType: 'application/json', lastModified: expect.any(Date) });
    });

    it('replaces an object, and keeps the old one as a version where there are versions', async () => {
      const prefix = folder();
      const first = await store.put(`${prefix}/a.txt`, Buffer.from('first'), { contentType: 'text/plain' });
      const second = await store.put(`${prefix}/a.txt`, Buffer.from('second'), { contentType: 'text/plain' });
      expect((await read(store, `${prefix}/a.txt`)).toString()).toBe('second');
      const found = await versions(store, prefix);
      expect(found).toHaveLength(under.isVersioned ? 2 : 1);
      if (!under.isVersioned) return;
      expect(new Set(found.map(({ versionId }) => versionId))).toEqual(new Set([first.versionId, second.versionId]));
      const old = await read(store, `${prefix}/a.txt`, { versionId: first.versionId });
      expect(old.toString()).toBe('first');
    });

    describe('create-only', () => {
      for (const [label, size] of [
        ['a small object', () => 100],
        ['an object of several parts', (part: number) => part * 2 + 1],
      ] as const) {
        it(`refuses to replace ${label}, which stays as it was`, async () => {
          const prefix = folder();
          const bytes = randomBytes(size(under.partBytes));
          await store.put(`${prefix}/media.wav`, inChunks(bytes), { ...wav, createOnly: true });
          const again = store.put(`${prefix}/media.wav`, inChunks(randomBytes(bytes.length)), {
            ...wav,
            createOnly: true,
          });
          await expect(again).rejects.toThrow(ObjectExistsError);
          expect(sha256(await read(store, `${prefix}/media.wav`))).toBe(sha256(bytes));
          expect(await versions(store, prefix)).toHaveLength(1);
          expect(await under.unfinished(prefix)).toEqual([]);
        });

        it(`lets exactly one of several writers of ${label} win`, async () => {
          const key = `${folder()}/media.wav`;
          const contents = Array.from({ length: 4 }, () => randomBytes(size(under.partBytes)));
          const results = await Promise.allSettled(
            contents.map((bytes) => store.put(key, inChunks(bytes), { ...wav, createOnly: true })),
          );
          const won = results.filter((result) => result.status === 'fulfilled');
          const isExclusive = under.isExclusiveInParts || contents.every(({ length }) => length <= under.partBytes);
          if (isExclusive) expect(won).toHaveLength(1);
          else expect(won).not.toEqual([]);
          for (const result of results) {
            if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(ObjectExistsError);
          }
          expect(won.map(({ value }) => value.sha256)).toContain(sha256(await read(store, key)));
        });
      }
    });

    describe('leaves nothing visible and nothing unfinished', () => {
      for (const [label, size] of [
        ['in its first part', () => 300_000],
        ['after several parts', (part: number) => part * 3],
      ] as const) {
        it(`when the source fails ${label}, and passes its error on`, async () => {
          const prefix = folder();
          const error = new Error('the download broke off');
          const put = store.put(`${prefix}/media.wav`, failingAfter(size(under.partBytes), error), wav);
          await expect(put).rejects.toBe(error);
          expect(await store.head(`${prefix}/media.wav`)).toBeUndefined();
          expect(await versions(store, prefix)).toEqual([]);
          expect(await under.unfinished(prefix)).toEqual([]);
        });

        it(`when it is told to stop while the source hangs ${label}`, async () => {
          const prefix = folder();
          const control = new AbortController();
          const reason = new Error('shutting down');
          let pulled = 0;
          const source = async function* () {
            for await (const chunk of endlessUntilStuck(size(under.partBytes))) {
              pulled += chunk.length;
              if (pulled >= size(under.partBytes)) setImmediate(() => control.abort(reason));
              yield chunk;
            }
          };
          const put = store.put(`${prefix}/media.wav`, source(), { ...wav, signal: control.signal });
          await expect(put).rejects.toBe(reason);
          expect(await versions(store, prefix)).toEqual([]);
          expect(await under.unfinished(prefix)).toEqual([]);
        });
      }

      it('when it had been told to stop before', async () => {
        const prefix = folder();
        const reason = new Error('shutting down');
        const signal = AbortSignal.abort(reason);
        await expect(store.put(`${prefix}/a`, Buffer.from('a'), { ...wav, signal })).rejects.toBe(reason);
        expect(await versions(store, prefix)).toEqual([]);
      });
    });

    it('does not read a chunk any more once the next one is asked for', async () => {
      const key = `${folder()}/media.wav`;
      const chunk = Buffer.alloc(90_000);
      const expected = createHash('sha256');
      const source = async function* () {
        for (let turn = 0; turn * chunk.length < under.partBytes * 2; turn += 1) {
          chunk.fill(turn);
          expected.update(chunk);
          yield chunk;
        }
      };
      const { sha256: reported } = await store.put(key, source(), wav);
      expect(reported).toBe(expected.digest('hex'));
      expect(sha256(await read(store, key))).toBe(reported);
    });

    describe('reading', () => {
      it('gives the bytes of a range, and the length of the whole', async () => {
        const key = `${folder()}/media.wav`;
        const bytes = randomBytes(10_000);
        await store.put(key, bytes, wav);
        const found = await store.get(key, { range: { start: 100, end: 199 } });
        expect(Buffer.concat(await found.body.toArray())).toEqual(bytes.subarray(100, 200));
        expect(found).toMatchObject({ key, bytes: 10_000, contentType: 'audio/wav' });
        expect(await read(store, key, { range: { start: 9_990 } })).toEqual(bytes.subarray(9_990));
        expect(await read(store, key, { range: { start: 0, end: 0 } })).toEqual(bytes.subarray(0, 1));
        expect(await read(store, key, { range: { start: 9_990, end: 20_000 } })).toEqual(bytes.subarray(9_990));
      });

      it('refuses a range that begins behind the end', async () => {
        const key = `${folder()}/media.wav`;
        await store.put(key, randomBytes(100), wav);
        await expect(store.get(key, { range: { start: 100 } })).rejects.toThrow(ObjectStoreError);
      });

      it('tells a missing object from a failing store', async () => {
        const key = `${folder()}/media.wav`;
        expect(await store.head(key)).toBeUndefined();
        await expect(store.get(key)).rejects.toThrow(ObjectNotFoundError);
      });

      it('does not take a folder for an object', async () => {
        const prefix = folder();
        await store.put(`${prefix}/call/media.wav`, randomBytes(10), wav);
        expect(await store.head(`${prefix}/call`)).toBeUndefined();
        await expect(store.get(`${prefix}/call`)).rejects.toThrow(ObjectNotFoundError);
      });
    });

    describe('deletion', () => {
      it('removes every version under a prefix and leaves its siblings alone', async () => {
        const prefix = folder();
        const text = { contentType: 'text/plain' };
        for (const key of ['RE1/a', 'RE1/a', 'RE1/b/c', 'RE1-other/a', 'RE11/a', 'RE0/a']) {
          await store.put(`${prefix}/${key}`, Buffer.from('x'), text);
        }
        const report = await store.deleteAllVersions(`${prefix}/RE1`);
        expect(report.remaining).toEqual([]);
        expect(report.deleted).toHaveLength(under.isVersioned ? 3 : 2);
        expect(new Set(report.deleted.map(({ key }) => key))).toEqual(
          new Set([`${prefix}/RE1/a`, `${prefix}/RE1/b/c`]),
        );
        expect(await versions(store, `${prefix}/RE1/`)).toEqual([]);
        const left = (await versions(store, prefix)).map(({ key }) => key);
        expect(left).toEqual([`${prefix}/RE0/a`, `${prefix}/RE1-other/a`, `${prefix}/RE11/a`]);
      });

      // A worker was killed in the middle of a recording: the recording was deleted, and half of its audio was not.
      it('takes along what somebody is still writing, who then fails', async () => {
        const prefix = folder();
        const { promise: released, resolve: release } = Promise.withResolvers<void>();
        const source = async function* () {
          for (let sent = 0; sent < under.partBytes * 2; sent += 100_000) yield Buffer.alloc(100_000, 1);
          await released;
        };
        const put = store.put(`${prefix}/RE1/media.wav`, source(), { ...wav, createOnly: true });
        put.catch(() => {});
        await vi.waitFor(async () => expect(await under.unfinished(`${prefix}/RE1`)).not.toEqual([]));
        await store.deleteAllVersions(`${prefix}/RE11`);
        expect(await under.unfinished(`${prefix}/RE1`)).not.toEqual([]);
        const shown: unknown[] = [];
        const before = async (found: readonly unknown[]) => void shown.push(...found);
        const { deleted, remaining } = await store.deleteAllVersions(`${prefix}/RE1`, before);
        expect(remaining).toEqual([]);
        expect(deleted).toMatchObject([{ key: `${prefix}/RE1/media.wav` }]);
        expect(shown).toEqual(deleted);
        expect(await under.unfinished(`${prefix}/RE1`)).toEqual([]);
        release();
        await expect(put).rejects.toThrow(ObjectStoreError);
        expect(await versions(store, prefix)).toEqual([]);
      });

      it('removes only what it was asked for by name, and does not report the rest', async () => {
        const prefix = folder();
        for (const name of ['media.wav', 'transcript.json'])
          await store.put(`${prefix}/RE1/${name}`, Buffer.from('x'), wav);
        const report = await store.deleteAllVersions(`${prefix}/RE1`, undefined, (key) => key.endsWith('.json'));
        expect(report).toMatchObject({ deleted: [{ key: `${prefix}/RE1/transcript.json` }], remaining: [] });
        expect(await versions(store, prefix)).toMatchObject([{ key: `${prefix}/RE1/media.wav` }]);
      });

      // Of several that lie in one folder the requests are shared.
      it('reports each of several folders by itself that are deleted at the same time, and leaves the others alone', async () => {
        const day = `${folder()}/2026/03/01`;
        const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${day}/CA${name}/RE${name}/`);
        for (const name of names)
          for (const key of ['media.wav', 'x/y']) await store.put(name + key, Buffer.from('x'), wav);
        const failing = () => Promise.reject(new Error('the ledger is away'));
        const [none, part, ...whole] = await Promise.allSettled([
          store.deleteAllVersions(names[0] ?? '', failing),
          store.deleteAllVersions(names[1] ?? '', undefined, (key) => key.endsWith('.wav')),
          ...names.slice(2, 5).map((name) => store.deleteAllVersions(name)),
          store.deleteAllVersions(`${day}/CAnone/REnone/`),
        ]);
        expect(none).toMatchObject({ status: 'rejected' });
        expect(part).toMatchObject({ value: { deleted: [{ key: `${names[1]}media.wav` }], remaining: [] } });
        expect(whole).toMatchObject([
          ...names.slice(2, 5).map((name) => ({
            value: { deleted: [{ key: `${name}media.wav` }, { key: `${name}x/y` }], remaining: [] },
          })),
          { value: { deleted: [], remaining: [] } },
        ]);
        expect((await versions(store, day)).map(({ key }) => key)).toEqual([
          `${names[0]}media.wav`,
          `${names[0]}x/y`,
          `${names[1]}x/y`,
          `${names[5]}media.wav`,
          `${names[5]}x/y`,
        ]);
      });

      it('takes a prefix with a slash at its end for the same folder', async () => {
        const prefix = folder();
        await store.put(`${prefix}/RE1/a`, Buffer.from('x'), wav);
        expect(await store.deleteAllVersions(`${prefix}/RE1/`)).toMatchObject({ remaining: [], deleted: [{}] });
      });

      it('finds nothing left to do the second time', async () => {
        const prefix = folder();
        await store.put(`${prefix}/a`, Buffer.from('x'), wav);
        await store.deleteAllVersions(prefix);
        expect(await store.deleteAllVersions(prefix)).toEqual({ deleted: [], remaining: [] });
      });

      it('never takes an empty prefix, which would mean everything', async () => {
        await expect(store.deleteAllVersions('')).rejects.toThrow(ObjectStoreError);
      });

      it('lets an object be stored again afterwards', async () => {
        const prefix = folder();
        const options = { ...wav, createOnly: true };
        await store.put(`${prefix}/RE1/a`, Buffer.from('x'), options);
        await store.deleteAllVersions(`${prefix}/RE1`);
        await store.put(`${prefix}/RE1/a`, Buffer.from('y'), options);
        expect((await read(store, `${prefix}/RE1/a`)).toString()).toBe('y');
      });
    });

    describe('keys', () => {
      const odd = [
        'with space',
        ' led and trailed ',
        'a+b',
        '100%',
        '%2e%2e',
        'a&b=c?d#e',
        `quote's "`,
        '<tag>',
        'ümläut 😀',
        '...',
        'a:b*c|d',
        '~',
        '[x]{y}',
      ];

      it('may hold odd characters', async () => {
        const prefix = folder();
        for (const [index, name] of odd.entries()) {
          await store.put(`${prefix}/${name}/${name}.json`, Buffer.from(`{"index":${index}}`), json);
        }
        for (const [index, name] of odd.entries()) {
          const body = await read(store, `${prefix}/${name}/${name}.json`);
          expect(JSON.parse(body.toString())).toEqual({ index });
        }
        const listed = (await versions(store, prefix)).map(({ key }) => key);
        expect(new Set(listed)).toEqual(new Set(odd.map((name) => `${prefix}/${name}/${name}.json`)));
        const report = await store.deleteAllVersions(prefix);
        expect(report.remaining).toEqual([]);
        expect(report.deleted).toHaveLength(odd.length);
      });

      it.each([
        '',
        '/a',
        'a/',
        'a//b',
        '..',
        'a/../../b',
        './a',
        'a\\..\\b',
        'a\0b',
        'a\nb',
        'x'.repeat(1_025),
        '\ud800',
      ])('are refused when they could mean another place: %j', async (key) => {
        await expect(store.put(key, Buffer.from('x'), wav)).rejects.toThrow(/unusable object key/);
        await expect(store.get(key)).rejects.toThrow(/unusable object key/);
        await expect(store.head(key)).rejects.toThrow(/unusable object key/);
      });

      it.each(['/', '../', 'a/../b', '/etc'])('are refused as prefixes, too: %j', async (prefix) => {
        await expect(store.deleteAllVersions(prefix)).rejects.toThrow(/unusable object key/);
        await expect(versions(store, prefix)).rejects.toThrow(/unusable object key/);
      });

      it('are listed in the order of their bytes, by any beginning', async () => {
        const prefix = folder();
        const keys = ['b', 'a/z', 'a-b', 'a0', 'a/b/c', 'B', 'ä', 'a/b-c'].map((key) => `${prefix}/${key}`);
        for (const key of keys) await store.put(key, Buffer.from('x'), wav);
        const listed = (await versions(store, `${prefix}/a`)).map(({ key }) => key.slice(prefix.length + 1));
        expect(listed).toEqual(['a-b', 'a/b-c', 'a/b/c', 'a/z', 'a0']);
      });
    });

    it('takes 64 small objects at once', async () => {
      const prefix = folder();
      const numbers = Array.from({ length: 64 }, (_, index) => index);
      const put = (index: number) =>
        store.put(`${prefix}/${index}.json`, inChunks(Buffer.from(`{"index":${index}}`)), json);
      const results = await Promise.all(numbers.map(put));
      expect(results.map(({ sha256 }) => sha256)).toEqual(
        numbers.map((index) => sha256(Buffer.from(`{"index":${index}}`))),
      );
      expect(await versions(store, prefix)).toHaveLength(64);
      expect((await store.deleteAllVersions(prefix)).deleted).toHaveLength(64);
    });

    it('answers a ping without leaving a trace', async () => {
      await store.ping();
      expect(await versions(store, '.onrecord')).toEqual([]);
    });
  });
}
