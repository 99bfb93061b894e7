import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCOUNT, TOKEN } from '@onrecord/ingest/testing/signed-request';
import { startSimulator } from '@onrecord/simulator/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { found, NUMBER, SECOND, setUp } from '../testing/doctor-set-up.ts';

async function fileOf(content: unknown, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'file.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content), { mode });
  return file;
}

/** A second account at a Twilio of its own, and the address under which both are, as they are at api.twilio.com. */
async function secondAccount(first: string, base: string) {
  const second = await startSimulator({ accountSid: SECOND, authToken: 'second-token', publicBaseUrl: base });
  const both = createServer(async ({ url = '', headers }, response) => {
    const { authorization = '' } = headers;
    const answer = await fetch((url.includes(SECOND) ? second.url : first) + url, { headers: { authorization } });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text());
  });
  await new Promise<void>((resolve) => both.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => both.close(resolve));
    await second.stop();
  });
  return { second, url: `http://127.0.0.1:${(both.address() as AddressInfo).port}` };
}

describe('the accounts of ACCOUNTS_FILE are examined as well', () => {
  const entry = { accountSid: SECOND, authToken: 'second-token' };

  it('each at Twilio, and the public address with the token of each', async () => {
    const { doctor, simulator, base } = await setUp({ several: 'second-token' });
    const { url, second } = await secondAccount(simulator.url, base);
    const changes = { TWILIO_API_URL: url, ACCOUNTS_FILE: await fileOf([entry]) };
    expect(await doctor('', changes)).toEqual({ status: 0, err: '', problems: [] });
    second.setUpAccount({ status: 'suspended' });
    expect((await doctor('', changes)).problems).toEqual([
      found(`${SECOND} account`, 'failed', 'suspended', 'Console'),
    ]);
  });

  it('one whose token Twilio refuses, and one that ingest does not know', async () => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor('', { ACCOUNTS_FILE: await fileOf([entry]) });
    expect(status).toBe(1);
    expect(problems).toContainEqual(
      found(`${SECOND} auth token`, 'failed', 'rotated token', 'its authToken in ACCOUNTS_FILE'),
    );
    expect(problems).toContainEqual(found('PUBLIC_BASE_URL', 'failed', SECOND, 'same ACCOUNTS_FILE'));
  });

  // What named no account was refused before its signature was looked at, and every token was taken for the right one.
  it('one whose token is another at an ingest that serves several', async () => {
    const { doctor, simulator, base } = await setUp({ several: 'rotated-since' });
    const { url } = await secondAccount(simulator.url, base);
    const { problems } = await doctor('', { TWILIO_API_URL: url, ACCOUNTS_FILE: await fileOf([entry]) });
    expect(problems).toEqual([found('PUBLIC_BASE_URL', 'failed', SECOND, 'same ACCOUNTS_FILE')]);
    const other = await setUp({ several: 'second-token', token: 'another-token' });
    expect((await other.doctor()).problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', 'refuses', 'same TWILIO_AUTH_TOKEN'),
    );
  });

  // One after the other, a slow address took as many times its time as there are accounts.
  it('a few at a time, and the answer to none is lost', async () => {
    const { server, doctor } = await setUp({ several: 'second-token' });
    const [listener] = server.listeners('request') as [RequestListener];
    const open = new Set<object>();
    const held: (() => void)[] = [];
    let [count, most] = [0, 0];
    server.removeAllListeners('request').on('request', async (request, response) => {
      count += 1;
      open.add(response);
      response.on('close', () => open.delete(response));
      most = Math.max(most, open.size);
      // The first account is asked alone. Ten more are held until all of them are there, and any further one would be.
      if (count > 1 && count < 11) await new Promise<void>((resolve) => held.push(resolve));
      if (count === 11) setTimeout(() => held.splice(0).forEach((go) => void go()), 50);
      listener(request, response);
    });
    const many = Array.from({ length: 11 }, (_, at) => ({ ...entry, accountSid: `AC${String(at).padStart(32, '0')}` }));
    const { problems } = await doctor('', { ACCOUNTS_FILE: await fileOf(many) });
    expect(most).toBe(10);
    const [address] = problems.filter(({ check }) => check === 'PUBLIC_BASE_URL');
    for (const { accountSid } of many) expect(address?.seen).toContain(accountSid);
  });

  it.each([
    [[{ ...entry, authToken: '' }], '0.authToken: give'],
    [[{ ...entry, region: 'ie1' }], '0.edge: give region and edge together'],
    ['[{"authToken": "second-token",}]', 'it is not JSON'],
  ])('a file that cannot be used is told with its field, and the rest is examined: %j', async (content, seen) => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor('', { ACCOUNTS_FILE: await fileOf(content) });
    expect({ status, problems }).toEqual({ status: 1, problems: [found('ACCOUNTS_FILE', 'failed', seen, 'mend')] });
    expect(JSON.stringify(problems)).not.toContain('second-token');
  });

  it('a file that is not there, and one that everybody may read', async () => {
    const { doctor } = await setUp();
    const { problems } = await doctor('', { ACCOUNTS_FILE: '/nowhere/accounts.json' });
    expect(problems).toEqual([found('ACCOUNTS_FILE', 'failed', 'there is no such file', 'mend')]);
    const open = await fileOf([{ accountSid: ACCOUNT, authToken: TOKEN }], 0o644);
    expect((await doctor('', { ACCOUNTS_FILE: open })).problems).toEqual([
      found('ACCOUNTS_FILE', 'warning', 'open to everybody', 'chmod'),
    ]);
  });
});

describe('what VOICE_FILE asks of the account is examined', () => {
  const destinations = (callerId: string) => ({ sales: { number: '+14155550142', callerId } });
  const message = (from: string) => ({ menus: { main: { afterRetries: { message: 'sorry', from, end: 'bye' } } } });

  it('the caller IDs', async () => {
    const { doctor } = await setUp();
    const good = await fileOf({ destinations: destinations('+14155550177') });
    expect((await doctor('', { VOICE_FILE: good })).problems).toEqual([]);
    const bad = await fileOf({ destinations: destinations('+14155550178') });
    expect((await doctor('', { VOICE_FILE: bad })).problems).toEqual([
      found('caller ID +14155550178', 'failed', '13214', 'Verified Caller IDs'),
    ]);
  });

  it('the numbers that send its messages, for which a verified caller ID is not enough', async () => {
    const { doctor, simulator, number } = await setUp();
    const problemsFrom = async (from: string) =>
      (await doctor('', { MESSAGING: 'true', VOICE_FILE: await fileOf(message(from)) })).problems;
    expect(await problemsFrom(NUMBER)).toEqual([]);
    expect(await problemsFrom(`MG${'3'.repeat(32)}`)).toEqual([]);
    expect(await problemsFrom('+14155550177')).toEqual([
      found('message sender +14155550177', 'failed', 'no number of the account', 'has SMS'),
    ]);
    simulator.setUpAccount({ phoneNumbers: [{ ...number, hasSms: false }] });
    expect(await problemsFrom(NUMBER)).toEqual([
      found(`message sender ${NUMBER}`, 'failed', 'sends no text messages', 'has SMS'),
    ]);
  });

  it('messages that it asks for while MESSAGING is off', async () => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor('', { VOICE_FILE: await fileOf(message(NUMBER)) });
    expect({ status, problems }).toEqual({
      status: 0,
      problems: [found('messages', 'warning', 'MESSAGING is off', 'set MESSAGING to true')],
    });
  });

  it.each([
    ['{', 'is not JSON', 'mend it'],
    ['[]', 'is no voice file', 'docs/voice.md'],
  ])('a file that holds %s', async (content, seen, remedy) => {
    const { doctor } = await setUp();
    const { problems } = await doctor('', { VOICE_FILE: await fileOf(content) });
    expect(problems).toEqual([found('VOICE_FILE', 'failed', seen, remedy)]);
  });

  it('a file that is not there', async () => {
    const { doctor } = await setUp();
    const { problems } = await doctor('', { VOICE_FILE: '/nowhere/voice.json' });
    expect(problems).toEqual([found('VOICE_FILE', 'failed', 'there is no such file', 'path of a file')]);
  });
});
