import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import { expect, it, onTestFinished } from 'vitest';
import { onrecord } from '../testing/onrecord.ts';

const FILES = { 'calls/CA1.json': '{}\n', 'recordings/RE1/media.wav': 'a'.repeat(200_000), 'erasures.json': '[]\n' };

interface Differences {
  files?: Readonly<Record<string, string>>;
  missing?: readonly string[];
  hasManifest?: boolean | 'of what is there';
}

/** As the records API writes it. */
async function archiveOf({ files = FILES, missing = [], hasManifest = true }: Differences = {}): Promise<Buffer> {
  const archive = pack();
  const bytes = buffer(archive as unknown as AsyncIterable<Buffer>);
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, content);
  const told = Object.entries(hasManifest === 'of what is there' ? files : FILES).map(([name, content]) => ({
    ...{ name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') },
  }));
  if (hasManifest) archive.entry({ name: 'manifest.json' }, JSON.stringify({ files: told, missing }));
  archive.finalize();
  return bytes;
}

async function exporting(answer: (response: ServerResponse) => void) {
  const asked: { body: unknown; purpose: unknown }[] = [];
  const server = createServer(async (request, response) => {
    asked.push({
      body: JSON.parse((await buffer(request)).toString()),
      purpose: request.headers['x-access-purpose'],
    });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-export-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const environment = {
    ONRECORD_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    RECORDS_API_TOKEN: 'token',
  };
  const out = join(folder, 'person.tar');
  const drawn: string[] = [];
  const draw = (text: string) => drawn.push(text);
  const run = (line = `+1 415 555 0100 --out ${out} --purpose asked`) =>
    onrecord(`export-subject ${line}`, environment, undefined, { draw });
  return { run, out, folder, asked, drawn, files: () => readdir(folder) };
}

const send = (archive: Buffer) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': 'application/x-tar' }).end(archive);

it('writes the archive as it comes, for its owner alone, and says what is in it', async () => {
  const archive = await archiveOf({ missing: ['recordings/RE2/media.wav'] });
  const { run, out, asked, drawn, files } = await exporting(send(archive));
  expect(await run()).toEqual({
    status: 0,
    out: '',
    err: `${out}: 3 file(s), 0.2 MB\nnot in the store any more: recordings/RE2/media.wav`,
  });
  expect((await readFile(out)).equals(archive)).toBe(true);
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  expect(asked).toEqual([{ body: { number: '+1 415 555 0100' }, purpose: 'asked' }]);
  expect(await files()).toEqual(['person.tar']);
  expect(drawn.join('')).toMatch(/ [kM]B/);
});

it.each<[string, Differences, string]>([
  ['has no manifest', { hasManifest: false }, 'its manifest is missing'],
  ['lacks a file', { files: { ...FILES, 'calls/CA1.json': undefined as never } }, 'calls/CA1.json is not what'],
  ['has a file that was altered', { files: { ...FILES, 'erasures.json': '[1]' } }, 'erasures.json is not what'],
  ['has a file that nobody named', { files: { ...FILES, 'more.json': '{}' } }, 'more.json is not what'],
])('keeps nothing of an archive that %s', async (_, differences, said) => {
  const present = Object.fromEntries(
    Object.entries(differences.files ?? FILES).filter(([, each]) => each !== undefined),
  );
  const { run, files } = await exporting(send(await archiveOf({ ...differences, files: present })));
  expect(await run()).toMatchObject({ status: 1, out: '', err: expect.stringContaining(said) });
  expect(await files()).toEqual([]);
});

it.each([
  ['breaks off', (response: ServerResponse) => response.destroy(), 'it broke off after 0.1 MB'],
  ['ends too early', (response: ServerResponse) => response.end(), 'the archive is not whole'],
])('keeps nothing where the answer %s', async (_, stop, said) => {
  const archive = await archiveOf();
  const { run, files } = await exporting((response) => {
    response.writeHead(200, { 'content-type': 'application/x-tar' });
    response.write(archive.subarray(0, 100_000), () => setTimeout(() => stop(response), 100));
  });
  expect(await run()).toMatchObject({ status: 1, out: '', err: expect.stringContaining(said) });
  expect(await files()).toEqual([]);
});

// "1 files, 0.0 MB" was all that was said of a number that nobody had called from.
it('says so where no call of the number is known', async () => {
  const archive = await archiveOf({ files: { 'erasures.json': '[]\n' }, hasManifest: 'of what is there' });
  const { run } = await exporting(send(archive));
  expect(await run()).toMatchObject({ status: 0, err: expect.stringContaining('no call of this number is known') });
});

it('passes on why there is none, with the status of that', async () => {
  const { run, files } = await exporting((response) =>
    response
      .writeHead(403, { 'content-type': 'application/problem+json' })
      .end('{"detail":"The role agent may not do this."}'),
  );
  expect(await run()).toEqual({ status: 4, out: '', err: 'onrecord: The role agent may not do this.' });
  expect(await files()).toEqual([]);
});

it('replaces no file, and asks for nothing where it could write none', async () => {
  const { run, out, folder, asked, files } = await exporting(send(await archiveOf()));
  await writeFile(out, 'mine');
  expect(await run()).toMatchObject({ status: 2, err: expect.stringContaining('is there already') });
  expect(await readFile(out, 'utf8')).toBe('mine');
  await rm(out);
  await writeFile(`${out}.part`, 'of another');
  expect(await run()).toMatchObject({ status: 5, err: expect.stringContaining('another export is writing it') });
  expect(await readFile(`${out}.part`, 'utf8')).toBe('of another');
  const nowhere = join(folder, 'none', 'person.tar');
  expect(await run(`+14155550100 --out ${nowhere} --purpose asked`)).toMatchObject({
    status: 1,
    err: expect.stringContaining(`${join(folder, 'none')} does not exist: make it`),
  });
  expect([asked, await files()]).toEqual([[], ['person.tar.part']]);
});

it.each([
  ['', 'name a number'],
  ['+14155550100 --purpose asked', 'say where to: --out FILE'],
  ['+14155550100 --out person.tar', 'say --purpose'],
])('refuses `onrecord export-subject %s`', async (line, said) => {
  expect(await onrecord(`export-subject ${line}`.trim(), {})).toMatchObject({
    status: 2,
    err: expect.stringContaining(said),
  });
});
