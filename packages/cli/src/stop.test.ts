import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished, vi } from 'vitest';

const MAIN = join(import.meta.dirname, 'main.ts');
const RECORDING = `RE${'b'.repeat(32)}`;
const HALF = Buffer.alloc(200_000);

/** The real command line as a process of its own, at something that answers and never ends. */
async function stopped(
  line: string,
  answer: (response: ServerResponse) => void,
  isUnderWay: (folder: string) => unknown,
) {
  const asked = Promise.withResolvers<void>();
  const server = createServer((_, response) => {
    answer(response);
    asked.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-stop-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true });
  });
  const env = {
    PATH: process.env.PATH,
    ONRECORD_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    RECORDS_API_TOKEN: 'token',
  };
  const child = spawn(process.execPath, [MAIN, ...line.split(' ')], { cwd: folder, env });
  const [out, err, ended] = [text(child.stdout), text(child.stderr), once(child, 'exit')];
  await asked.promise;
  await vi.waitFor(() => isUnderWay(folder));
  child.kill('SIGINT');
  const [status] = await ended;
  return { status, out: await out, err: await err, files: await readdir(folder) };
}

const sendHalf = (type: string, headers: object) => (response: ServerResponse) =>
  response.writeHead(200, { 'content-type': type, ...headers }).write(HALF);
const hasHalf = (file: string) => async (folder: string) =>
  expect((await stat(join(folder, file))).size).toBe(HALF.length);

// Ctrl-C ended every command without a word, and an export left its half behind: the next one was refused for it.
it('keeps nothing of an export, and says so', async () => {
  const line = 'export-subject +14155550100 --out person.tar --purpose asked';
  const ended = await stopped(line, sendHalf('application/x-tar', {}), hasHalf('person.tar.part'));
  expect(ended).toEqual({
    status: 130,
    out: '',
    err: 'onrecord: stopped: nothing was kept of person.tar\n',
    files: [],
  });
});

it('keeps what there is of audio, and says that the next command goes on with it', async () => {
  const headers = { 'content-length': '400000', etag: '"a"' };
  const ended = await stopped(`media ${RECORDING} --out a.wav`, sendHalf('audio/wav', headers), hasHalf('a.wav.part'));
  expect(ended).toEqual({
    status: 130,
    out: '',
    err: 'onrecord: stopped: 0.2 MB are in a.wav.part, and the same command again goes on from there\n',
    files: ['a.wav.part', 'a.wav.part.etag'],
  });
});

it('ends what waits for an answer', async () => {
  const ended = await stopped(
    'recordings',
    () => undefined,
    () => undefined,
  );
  expect(ended).toEqual({
    status: 130,
    out: '',
    err: 'onrecord: stopped: nothing half-written is left; what was asked for before that may still be done\n',
    files: [],
  });
});
