import { spawn } from 'node:child_process';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileStore } from './open.ts';
import { STALE_AFTER_MS } from './partial-files.ts';

const wav = { contentType: 'audio/wav' };

describe('file store', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'onrecord-file-store-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));
  const inRoot = (...segments: string[]) => join(root, ...segments);
  const age = (path: string, ms: number) => utimes(path, new Date(Date.now() - ms), new Date(Date.now() - ms));

  it('keeps objects as files that people can read as they are, and others cannot', async () => {
    const store = await openFileStore(inRoot('recordings'));
    await store.put('CA1/RE1/transcript.txt', Buffer.from('Agent: hello'), { contentType: 'text/plain' });
    expect(await readFile(inRoot('recordings/CA1/RE1/transcript.txt'), 'utf8')).toBe('Agent: hello');
    expect(await readdir(inRoot('recordings/CA1/RE1'))).toEqual(['transcript.txt']);
    expect((await stat(inRoot('recordings/CA1/RE1/transcript.txt'))).mode & 0o007).toBe(0);
    expect((await stat(inRoot('recordings'))).mode & 0o007).toBe(0);
    expect(store.uri).toBe(pathToFileURL(inRoot('recordings')).href);
    expect(await store.presignGet('CA1/RE1/transcript.txt', 60)).toBeUndefined();
  });

  it('takes the content type from the extension', async () => {
    const store = await openFileStore(root);
    for (const [key, contentType] of [
      ['media.wav', 'audio/wav'],
      ['manifest.json', 'application/json'],
      ['transcript.vtt', 'text/vtt; charset=utf-8'],
      ['unknown', 'application/octet-stream'],
    ] as const) {
      await store.put(key, Buffer.from('x'), { contentType: 'text/html' });
      expect(await store.head(key)).toMatchObject({ contentType });
    }
  });

  it('removes the folders that a deletion leaves empty, and nothing above the store', async () => {
    const store = await openFileStore(inRoot('recordings'));
    await store.put('AC1/CA1/RE1/media.wav', Buffer.from('x'), wav);
    await store.put('AC1/CA2/RE2/media.wav', Buffer.from('x'), wav);
    await store.deleteAllVersions('AC1/CA1/RE1');
    expect(await readdir(inRoot('recordings/AC1'))).toEqual(['CA2']);
    await store.deleteAllVersions('AC1');
    expect(await readdir(inRoot('recordings'))).toEqual(['.partial']);
  });

  it('stores while the same folder is emptied over and over', async () => {
    const store = await openFileStore(root);
    let isDone = false;
    const deleting = (async () => {
      while (!isDone) await store.deleteAllVersions('CA1/old');
    })();
    for (let turn = 0; turn < 50; turn += 1) {
      await store.put('CA1/old/a', Buffer.from('x'), wav);
      await store.put(`CA1/new/${turn}`, Buffer.from('x'), wav);
      await store.deleteAllVersions(`CA1/new/${turn}`);
    }
    isDone = true;
    await deleting;
  });

  it('sweeps what a crash left behind, but no file of a process that may still write', async () => {
    await openFileStore(root);
    const files = {
      fresh: `999999999-a`,
      stale: `999999998-b`,
      ofAnother: `${process.ppid}-c`,
      ofAnEarlierLife: `${process.pid}-d`,
    };
    for (const name of Object.values(files)) await writeFile(inRoot('.partial', name), 'half');
    for (const name of [files.stale, files.ofAnother, files.ofAnEarlierLife]) {
      await age(inRoot('.partial', name), STALE_AFTER_MS + 1_000);
    }
    await openFileStore(root);
    expect((await readdir(inRoot('.partial'))).sort()).toEqual([files.fresh, files.ofAnother].sort());
  });

  it('neither lists nor offers what is half written', async () => {
    const store = await openFileStore(root);
    await writeFile(inRoot('.partial/1-a'), 'half');
    const listed = [];
    for await (const version of store.listVersions('')) listed.push(version);
    expect(listed).toEqual([]);
    await expect(store.get('.partial/1-a')).rejects.toThrow(/reserved/);
    await expect(store.put('.partial/x', Buffer.from('x'), wav)).rejects.toThrow(/reserved/);
    await expect(store.deleteAllVersions('.partial')).resolves.toEqual({ deleted: [], remaining: [] });
  });

  it('does not follow links out of its folder when it lists and deletes', async () => {
    const store = await openFileStore(inRoot('recordings'));
    await mkdir(inRoot('outside'));
    await writeFile(inRoot('outside/secret'), 'x');
    await symlink(inRoot('outside'), inRoot('recordings/linked'));
    await store.deleteAllVersions('linked');
    expect(await readdir(inRoot('outside'))).toEqual(['secret']);
  });

  it('replaces a name, never the bytes under it: a reader keeps what it opened', async () => {
    const store = await openFileStore(root);
    await store.put('a.txt', Buffer.from('old'), wav);
    await link(inRoot('a.txt'), inRoot('opened'));
    await store.put('a.txt', Buffer.from('new'), wav);
    expect(await readFile(inRoot('opened'), 'utf8')).toBe('old');
  });

  it('says what stands in the way of a key', async () => {
    const store = await openFileStore(root);
    await store.put('CA1', Buffer.from('x'), wav);
    const put = store.put('CA1/RE1/media.wav', Buffer.from('x'), wav);
    await expect(put).rejects.toMatchObject({
      name: 'ObjectStoreError',
      retryable: false,
      message: expect.stringMatching(/a file stands where/),
    });
    expect(await readdir(inRoot('.partial'))).toEqual([]);
  });

  it('says that its folder is gone instead of writing to the disk below it', async () => {
    const store = await openFileStore(inRoot('mounted'));
    await rm(inRoot('mounted'), { recursive: true });
    const put = store.put('a', Buffer.from('x'), wav);
    await expect(put).rejects.toMatchObject({
      name: 'ObjectStoreError',
      retryable: true,
      message: expect.stringMatching(/unmounted/),
    });
    await expect(store.ping()).rejects.toThrow(/unmounted/);
  });

  describe('on a disk of its own', () => {
    it('says that the disk is full, and leaves nothing half done', async (context) => {
      const result = await onDisk(root, 'size=2m', 'put', context);
      expect(result).toMatchObject({ name: 'ObjectStoreError', retryable: true, left: [] });
      expect(result.message).toMatch(/disk is full. Free some space.*RECORDINGS_BUCKET.*ENOSPC/);
    });

    it('says that the disk is read-only', async (context) => {
      const result = await onDisk(root, 'ro', 'open', context);
      expect(result).toMatchObject({
        name: 'ObjectStoreError',
        retryable: false,
        message: expect.stringMatching(/read-only.*EROFS/),
      });
    });
  });
});

/** Runs in a mount namespace with a small disk at `folder`; where the system forbids that, the test is skipped. */
async function onDisk(folder: string, options: string, step: string, context: { skip(reason: string): void }) {
  const module = new URL('./open.ts', import.meta.url).href;
  const script = `
    const { openFileStore } = await import(${JSON.stringify(module)});
    const { readdirSync } = await import('node:fs');
    try {
      const store = await openFileStore(${JSON.stringify(folder)});
      await store.put('media.wav', Buffer.alloc(8 << 20), { contentType: 'audio/wav' });
      console.log('{}');
    } catch ({ name, message, retryable }) {
      const left = ${step === 'put'} ? readdirSync(${JSON.stringify(join(folder, '.partial'))}) : [];
      console.log(JSON.stringify({ name, message, retryable, left }));
    }`;
  const mount = `mount -t tmpfs -o ${options} none "$1" || exit 77; exec "$2" --input-type=module -e "$3"`;
  const namespace = ['unshare', '-Urm'];
  const [command = '', ...args] = [...namespace, 'sh', '-c', mount, 'sh', folder, process.execPath, script];
  const child = spawn(command, args);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const status = await new Promise((resolve) => child.on('error', () => resolve(77)).on('close', resolve));
  if (status !== 0) context.skip('this system lets nobody mount a disk of their own');
  return JSON.parse(output);
}
