import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';
import { runOnrecord } from './onrecord-process.ts';
import { RecordsApp, TOKEN } from './records-app.ts';

const READY_MADE = join(import.meta.dirname, '../../../policies');

let api: RecordsApp;
let server: HttpServer;

beforeAll(async () => {
  api = await RecordsApp.start();
  server = await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' });
  await writeFile(join(api.folder, 'records-api.json'), JSON.stringify({ url: server.url, token: TOKEN }));
});
afterAll(async () => {
  await server?.close(1_000);
  await api?.close();
});

const onrecord = (...args: string[]) => runOnrecord(['policies', ...args], { ONRECORD_DATA_DIR: api.folder });

it('drafts a ready-made policy, tells what it would change, asks, and makes it hold', async () => {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  await api.test.take(legReported(callSid), recordingCompleted(sid, { callSid }), consentOf({ callSid }, 'granted'));
  await api.test.take(archived(sid, callSid, `${ACCOUNT}/${sid}/`));
  api.test.now = at(40);
  expect((await onrecord()).out).toBe('There is no policy: the built-in one of the settings holds.\n');
  const file = join(READY_MADE, 'gdpr-minimal.yaml');
  expect((await onrecord('draft', file)).out).toContain('Drafted gdpr-minimal.v1. See what it would change');
  expect((await onrecord('draft', file)).out).toBe(
    'Nothing was drafted: it is gdpr-minimal.v1 to the letter, which is a draft.\n',
  );
  const { out } = await onrecord('simulate', 'gdpr-minimal.v1');
  expect(out).toContain('Of 1 recordings, and calls without any:\n       1 would have something deleted at once');
  expect(out).toMatch(new RegExp(`${sid} +dueNow +twilio-copy`));
  // Nobody is there to be asked.
  expect(await onrecord('activate', 'gdpr-minimal.v1')).toMatchObject({ status: 2 });
  expect((await onrecord('activate', 'gdpr-minimal.v1', '--yes')).out).toContain('gdpr-minimal.v1 holds.');
  // The same was said again, as if something had been planned anew.
  expect((await onrecord('activate', 'gdpr-minimal.v1', '--yes')).out).toBe(
    'gdpr-minimal.v1 held already: nothing was changed.\n',
  );
  expect((await onrecord('list')).out).toMatch(/gdpr-minimal\.v1 +active/);
  expect((await onrecord('show', 'gdpr-minimal.v1')).out).toContain('name: gdpr-minimal');
}, 120_000);

// It went on with the number that had been confirmed for what another policy made due: of other recordings.
it('asks again where another policy came to hold since the question', async () => {
  const api = createServer((request, response) => {
    asked.push(request.url?.split('/').at(-1) ?? '');
    // It came to hold between the question and the first activation.
    const holds = `${asked.includes('activation') ? 'since' : 'before'}.v1, calls.v1`;
    request.on('data', (body) => {
      const { confirm } = JSON.parse(body);
      if (confirm !== undefined) confirmed.push(confirm);
    });
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (asked.at(-1) === 'simulation') {
        const dueNow = holds.startsWith('since') ? 5 : 3;
        const counts = { dueNow, sooner: 0, longer: 0, transcribed: 0, decided: 0 };
        const samples = { dueNow: [], sooner: [], longer: [], transcribed: [], decided: [] };
        return response.end(JSON.stringify({ against: holds, looked: 9, counts, samples }));
      }
      if (confirmed.at(-1)?.against === holds) return response.end('{}');
      response.statusCode = 202;
      return response.end(JSON.stringify({ against: holds, looked: 0, dueNow: 0, counted: 'from the start' }));
    });
  });
  const [asked, confirmed]: [string[], { dueNow: number; against: string }[]] = [[], []];
  await once(api.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void api.close());
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-asked-again-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { port } = api.address() as AddressInfo;
  await writeFile(join(folder, 'records-api.json'), JSON.stringify({ url: `http://127.0.0.1:${port}`, token: TOKEN }));
  const { out } = await runOnrecord(['policies', 'activate', 'calls.v1', '--yes'], { ONRECORD_DATA_DIR: folder });
  expect(out).toContain('calls.v1 holds.');
  expect(asked).toEqual(['simulation', 'activation', 'simulation', 'activation']);
  expect(confirmed).toEqual([
    { dueNow: 3, against: 'before.v1, calls.v1' },
    { dueNow: 5, against: 'since.v1, calls.v1' },
  ]);
}, 120_000);

it('says by its exit status what went wrong', async () => {
  expect(await onrecord('show', 'nothing.v1')).toMatchObject({ status: 3 });
  expect(await onrecord('show', 'nothing')).toMatchObject({ status: 2 });
  const bad = join(api.folder, 'bad.yaml');
  await writeFile(bad, 'name: bad\n');
  const { status, err } = await onrecord('draft', bad);
  expect([status, err]).toEqual([1, expect.stringContaining(`${bad}:1:1: defaults is missing`)]);
});
