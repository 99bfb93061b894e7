import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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
    const putAndDelete = async (key: string) => {
      await store.put(key, Buffer.from('x'), wav);
      await store.deleteAllVersions(key);
    };
    const deleting = (async () => {
      while (!isDone) await putAndDelete('CA1/shared/other');
    })();
    for (let turn = 0; turn < 100; turn += 1) await putAndDelete('CA1/shared/own');
    isDone = true;
    await deleting;
  });

  it('sweeps what a crash left behind, at its start and later, but nothing that was written to lately', async () => {
    await openFileStore(root);
    const leaveBehind = async (name: string, ageMs: number) => {
      const folder = inRoot('.partial/CA1/RE1', name);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'x'), 'half');
      await age(join(folder, 'x'), ageMs);
    };
    const left = async () => (await filesUnder(inRoot('.partial'))).map((path) => dirname(path));
    await leaveBehind('fresh.wav', STALE_AFTER_MS / 2);
    await leaveBehind('stale.wav', STALE_AFTER_MS + 1_000);
    const store = await openFileStore(root, 20);
    expect(await left()).toEqual(['CA1/RE1/fresh.wav']);
    await leaveBehind('later.wav', STALE_AFTER_MS + 1_000);
    await vi.waitFor(async () => expect(await left()).toEqual(['CA1/RE1/fresh.wav']));
    expect(await readdir(inRoot('.partial/CA1/RE1'))).toEqual(['fresh.wav']);
    await store.close();
  });

  // A worker was killed in the middle of a recording. The caller had it deleted, the report said that all was gone, and half of the
  // audio lay in `.partial` for another hour.
  it('deletes what a killed writer left of a recording', async () => {
    const store = await openFileStore(root);
    const writer = spawnWriter(root, 'CA1/RE1/media.wav');
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'close');
    expect(await filesUnder(root)).toEqual([expect.stringMatching(/^\.partial\/CA1\/RE1\/media\.wav\//)]);
    expect(await store.deleteAllVersions('CA1/RE11')).toEqual({ deleted: [], remaining: [] });
    expect(await filesUnder(root)).toHaveLength(1);
    const shown: unknown[] = [];
    const { deleted, remaining } = await store.deleteAllVersions('CA1/RE1', async (found) => void shown.push(...found));
    expect(remaining).toEqual([]);
    expect(deleted).toMatchObject([{ key: 'CA1/RE1/media.wav' }]);
    expect(shown).toEqual(deleted);
    expect(await readdir(inRoot('.partial'))).toEqual([]);
  });

  it('deletes nothing while what is there cannot be written down', async () => {
    const store = await openFileStore(root);
    await store.put('CA1/RE1/media.wav', Buffer.from('x'), wav);
    const deleting = store.deleteAllVersions('CA1/RE1', () => Promise.reject(new Error('the ledger is away')));
    await expect(deleting).rejects.toThrow(/the ledger is away/);
    expect(await store.head('CA1/RE1/media.wav')).toBeDefined();
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
      const result = await onDisk(root, 'size=2m', PUT_TOO_MUCH, context);
      expect(result).toMatchObject({ name: 'ObjectStoreError', retryable: true, left: [] });
      expect(result.message).toMatch(/disk is full. Free some space.*RECORDINGS_BUCKET.*ENOSPC/);
    });

    it('says that the disk is read-only', async (context) => {
      const result = await onDisk(root, 'ro', PUT_TOO_MUCH, context);
      expect(result).toMatchObject({
        name: 'ObjectStoreError',
        retryable: false,
        message: expect.stringMatching(/read-only.*EROFS/),
      });
    });

    it('says of half a file that cannot be deleted that it remains', async (context) => {
      const report = await onDisk(root, 'size=2m', DELETE_A_MOUNTED_HALF, context);
      const reason = expect.stringMatching(/an unfinished write: .*EBUSY/);
      const half = { key: 'CA1/RE1/media.wav', isDeleteMarker: false, bytes: 4, reason };
      expect(report).toEqual({ deleted: [], remaining: [half] });
    });
  });
});

/** Every file below the folder, relative to it. */
async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

const runScript = (script: string) => [process.execPath, '--input-type=module', '-e', script] as const;

const openStore = (folder: string) => `
  const { openFileStore } = await import(${JSON.stringify(new URL('./open.ts', import.meta.url).href)});
  const folder = ${JSON.stringify(folder)};
  const store = await openFileStore(folder);`;

/** A process that writes half of an object, says so and hangs. */
function spawnWriter(folder: string, key: string) {
  const script = `${openStore(folder)}
    const half = async function* () {
      yield Buffer.from('half of the audio');
      console.log('half');
      await new Promise(() => setInterval(() => {}, 1_000));
    };
    await store.put(${JSON.stringify(key)}, half(), { contentType: 'audio/wav' });`;
  const [command, ...args] = runScript(script);
  return spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

const PUT_TOO_MUCH = `await store.put('media.wav', Buffer.alloc(8 << 20), { contentType: 'audio/wav' });`;

/** What is mounted somewhere cannot be unlinked, not even by root. */
const DELETE_A_MOUNTED_HALF = `
  const { execFileSync } = await import('node:child_process');
  const { mkdirSync, writeFileSync } = await import('node:fs');
  const half = folder + '/.partial/CA1/RE1/media.wav/x';
  mkdirSync(folder + '/.partial/CA1/RE1/media.wav', { recursive: true });
  writeFileSync(half, 'half');
  execFileSync('mount', ['--bind', half, half]);
  console.log(JSON.stringify(await store.deleteAllVersions('CA1/RE1/')));`;

/** Runs in a mount namespace with a small disk at `folder`; where the system forbids that, the test is skipped. */
async function onDisk(folder: string, options: string, step: string, context: { skip(reason: string): void }) {
  const script = `
    const { readdirSync } = await import('node:fs');
    try {
      ${openStore(folder)}
      ${step}
    } catch ({ name, message, retryable }) {
      const left = ${options !== 'ro'} ? readdirSync(${JSON.stringify(join(folder, '.partial'))}) : [];
      console.log(JSON.stringify({ name, message, retryable, left }));
    }
`;
  const mount = `mount -t tmpfs -o ${options} none "$1" || exit 77; shift; exec "$@"`;
  const namespace = ['unshare', '-Urm'];
  const [command = '', ...args] = [...namespace, 'sh', '-c', mount, 'sh', folder, ...runScript(script)];
  const child = spawn(command, args);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const status = await new Promise((resolve) => child.on('error', () => resolve(77)).on('close', resolve));
  if (status !== 0) context.skip('this system lets nobody mount a disk of their own');
  return JSON.parse(output);
}
