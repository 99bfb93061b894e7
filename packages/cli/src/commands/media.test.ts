import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { onrecord } from '../testing/onrecord.ts';

const RECORDING = `RE${'b'.repeat(32)}`;
const AUDIO = randomBytes(300_000);

/** A records API that breaks the first answers off after so many bytes. */
async function breaking(...breakAfter: number[]) {
  let audio = AUDIO;
  const ranges: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { range, 'if-range': ifRange } = request.headers;
    ranges.push(range);
    const etag = `"${audio.subarray(0, 4).toString('hex')}"`;
    const from = range !== undefined && ifRange === etag ? Number(/\d+/.exec(range)?.[0]) : 0;
    if (from === audio.length) return response.writeHead(416, { 'content-range': `bytes */${from}` }).end();
    const part = audio.subarray(from);
    const contentRange = { 'content-range': `bytes ${from}-${audio.length - 1}/${audio.length}` };
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length, etag, ...(from > 0 && contentRange) });
    const cut = breakAfter.shift();
    if (cut === undefined) return response.end(part);
    response.write(part.subarray(0, cut), async () => {
      await isWritten(from + cut);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-media-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out = join(folder, 'call.wav');
  // What has arrived and is not written yet when the answer breaks off is not in the part: after a fixed time it was, mostly.
  const isWritten = (bytes: number) =>
    vi.waitUntil(async () => (await stat(`${out}.part`).catch(() => undefined))?.size === bytes);
  const drawn: string[] = [];
  const fetchIt = (more = '') =>
    onrecord(
      `media ${RECORDING} --out ${out}${more}`,
      { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' },
      undefined,
      {
        draw: (text) => drawn.push(text),
      },
    );
  return {
    fetchIt,
    url,
    out,
    folder,
    ranges,
    drawn,
    change: (other: typeof AUDIO) => {
      audio = other;
    },
  };
}

it('goes on from where it broke off, until all is there', async () => {
  const { fetchIt, out, folder, ranges, drawn } = await breaking(100_000, 50_000);
  const first = await fetchIt();
  expect(first).toMatchObject({ status: 1, err: expect.stringContaining('the same command again goes on from there') });
  expect((await fetchIt()).status).toBe(1);
  expect(await fetchIt()).toEqual({ status: 0, out: '', err: `${out}: 0.3 MB` });
  expect((await readFile(out)).equals(AUDIO)).toBe(true);
  expect({ files: await readdir(folder), ranges }).toEqual({
    files: ['call.wav'],
    ranges: [undefined, 'bytes=100000-', 'bytes=150000-'],
  });
  expect(drawn.join('')).toContain('of 0.3 MB');
});

// A stack of Node's was all there was to read, after the access was on record.
it('asks for a folder that is there before it fetches anything', async () => {
  const { ranges, url, folder } = await breaking(100_000);
  const missing = join(folder, 'nowhere', 'call.wav');
  const { status, err } = await onrecord(`media ${RECORDING} --out ${missing}`, {
    ONRECORD_API_URL: url,
    RECORDS_API_TOKEN: 'token',
  });
  expect({ status, ranges }).toEqual({ status: 1, ranges: [] });
  expect(err).toContain(`${join(folder, 'nowhere')} does not exist: make it, or name another file`);
});

it('takes no folder for a file', async () => {
  const { ranges, url, folder } = await breaking(100_000);
  const environment = { ONRECORD_API_URL: url, RECORDS_API_TOKEN: 'token' };
  const { status, err } = await onrecord(`media ${RECORDING} --out ${folder} --force`, environment);
  expect({ status, ranges }).toEqual({ status: 2, ranges: [] });
  expect(err).toContain(`${folder} is a folder: name a file in it, such as ${join(folder, 'call.wav')}`);
});

it('begins again where the audio is another one by now', async () => {
  const { fetchIt, out, change } = await breaking(100_000);
  await fetchIt();
  const other = randomBytes(200_000);
  change(other);
  expect((await fetchIt()).status).toBe(0);
  expect((await readFile(out)).equals(other)).toBe(true);
});

it('takes what was fetched whole for done', async () => {
  const { fetchIt, out } = await breaking();
  await writeFile(`${out}.part`, AUDIO);
  await writeFile(`${out}.part.etag`, `"${AUDIO.subarray(0, 4).toString('hex')}"`);
  expect((await fetchIt()).status).toBe(0);
  expect((await readFile(out)).equals(AUDIO)).toBe(true);
});

it('replaces no file unless it is told to', async () => {
  const { fetchIt, out } = await breaking();
  await writeFile(out, 'mine');
  expect(await fetchIt()).toMatchObject({ status: 2, err: expect.stringContaining('is there already') });
  expect((await fetchIt(' --force')).status).toBe(0);
  expect((await readFile(out)).equals(AUDIO)).toBe(true);
});
