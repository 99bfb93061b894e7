import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accountOf, ingest } from '@onrecord/ingest/testing/ingest-app';
import { ACCOUNT, TOKEN } from '@onrecord/ingest/testing/signed-request';
import type { Finding } from '@onrecord/shared/doctor/domain/finding';
import { startSimulator } from '@onrecord/simulator/simulator';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Certificate, makeCertificates } from '../testing/certificates.ts';
import { onrecord } from '../testing/onrecord.ts';

const HOST = 'calls.example.com';
const PUBLIC = '203.0.113.7';
const NUMBER = '+14155550100';
const TRUNK = `TK${'d'.repeat(32)}`;
const SECOND = `AC${'2'.repeat(32)}`;
const certificates = makeCertificates(HOST);

interface Differences {
  certificate?: Certificate;
  /** Where the host name leads to. */
  address?: string;
  scheme?: 'http' | 'https';
  /** The token that ingest was started with. */
  token?: string;
  listener?: RequestListener;
  /** Whether ingest serves the second account as well. */
  several?: boolean;
}

/** Ingest's own edge behind a real listener, and a simulated Twilio whose one number leads there. */
async function setUp({
  certificate = certificates.good,
  address = PUBLIC,
  scheme = 'https',
  ...more
}: Differences = {}) {
  let listener: RequestListener = () => {};
  const handle: RequestListener = (request, response) => listener(request, response);
  const server: Server = scheme === 'http' ? createHttpServer(handle) : createServer(certificate, handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `${scheme}://${HOST}:${(server.address() as AddressInfo).port}`;
  const accounts = [
    accountOf(ACCOUNT, more.token ?? TOKEN),
    ...(more.several ? [accountOf(SECOND, 'second-token')] : []),
  ];
  const { app } = ingest({ publicBaseUrl: base, accounts, dialTo: '+14155550142' });
  listener =
    more.listener ??
    (async (request, response) => {
      const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
      const answer = await app.request(base + request.url, { method: request.method ?? '', headers });
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
    });
  const simulator = await startSimulator({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    apiKeys: { [`SK${'1'.repeat(32)}`]: 'key-secret' },
    publicBaseUrl: base,
  });
  onTestFinished(async () => {
    await simulator.stop();
    await new Promise((resolve) => server.close(resolve));
  });
  const number = {
    phoneNumber: NUMBER,
    voiceUrl: `${base}/voice/inbound`,
    voiceFallbackUrl: 'https://handler.twilio.com/twiml/EH1',
    statusCallback: `${base}/webhooks/voice/status#rc=3&rp=all`,
  };
  simulator.setUpAccount({ phoneNumbers: [number], callerIds: ['+14155550177'] });
  const environment = {
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}`,
    TWILIO_API_KEY_SECRET: 'key-secret',
    TWILIO_API_URL: simulator.url,
    PUBLIC_BASE_URL: base,
    VOICE_DIAL_TO: '+14155550142',
  };
  const network = {
    lookup: async () => [{ address, family: 4 }],
    connectTo: '127.0.0.1',
    ca: certificates.ca,
  };
  const doctor = async (flags = '', changes: Record<string, string> = {}) => {
    const { status, out, err } = await onrecord(`doctor --json${flags}`, { ...environment, ...changes }, network);
    const findings = out.split('\n').map((line) => JSON.parse(line) as Finding);
    return { status, err, problems: findings.filter((each) => each.status !== 'ok') };
  };
  return { base, simulator, number, environment, network, doctor, server };
}

const found = (check: string, status: string, seen: string, remedy: string) => ({
  check,
  status,
  seen: expect.stringContaining(seen),
  remedy: expect.stringContaining(remedy),
});

describe('a clean set-up', () => {
  it('has nothing to complain about, and each check says what was seen', async () => {
    const { doctor, environment, network, base } = await setUp();
    expect(await doctor(' --caller-id +14155550100 --caller-id +14155550177')).toEqual({
      status: 0,
      err: '',
      problems: [],
    });
    const { status, out } = await onrecord('doctor', environment, network);
    expect(status).toBe(0);
    expect(out).toContain(`${base} is this service`);
    expect(out).not.toContain(TOKEN);
  });
});

describe('each misconfiguration at Twilio is found and has its remedy', () => {
  it('a wrong token, and the same of a wrong region', async () => {
    const { doctor } = await setUp();
    const { status, err, problems } = await doctor('', {
      TWILIO_AUTH_TOKEN: 'rotated-since',
      TWILIO_API_KEY_SECRET: 'other',
    });
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('checks failed') });
    expect(problems).toContainEqual(
      found('auth token', 'failed', 'wrong region or rotated token', 'TWILIO_AUTH_TOKEN anew'),
    );
    expect(problems).toContainEqual(
      found('API key', 'failed', 'wrong region or rotated key', 'TWILIO_API_KEY_SECRET anew'),
    );
    expect(problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', 'refuses what this token signs', 'same TWILIO_AUTH_TOKEN'),
    );
  });

  it('a region’s host that Twilio has retired', async () => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor('', { TWILIO_API_URL: 'https://api.ie1.twilio.com' });
    expect({ status, problems }).toEqual({
      status: 1,
      problems: [found('region', 'failed', 'retired', 'api.{edge}.ie1.twilio.com')],
    });
  });

  it('a Twilio that cannot be reached leaves the other checks alone', async () => {
    const { doctor } = await setUp();
    const { problems } = await doctor('', { TWILIO_API_URL: 'http://127.0.0.1:2' });
    expect(problems).toContainEqual(found('auth token', 'failed', 'ECONNREFUSED', 'check TWILIO_API_URL'));
    expect(problems.map(({ check }) => check)).not.toContain('PUBLIC_BASE_URL');
  });

  it.each(['suspended', 'closed'] as const)('an account that is %s', async (status) => {
    const { doctor, simulator, number } = await setUp();
    simulator.setUpAccount({ status, phoneNumbers: [number] });
    expect((await doctor()).problems).toEqual([
      found('account', 'failed', status, status === 'closed' ? 'another account' : 'Console'),
    ]);
  });

  it.each([
    [60, 'warning', 'behind'],
    [-3_600, 'failed', 'ahead of'],
  ] as const)('a clock that is %d s away', async (clockAheadSeconds, status, which) => {
    const { doctor, simulator, number } = await setUp();
    simulator.setUpAccount({ clockAheadSeconds, phoneNumbers: [number] });
    expect((await doctor()).problems).toEqual([found('clock', status, which, 'NTP')]);
  });

  it('numbers whose voice URL or status callback is elsewhere or missing, on any page', async () => {
    const { doctor, simulator, number, base } = await setUp();
    const elsewhere = { ...number, phoneNumber: '+14155550101', voiceUrl: 'https://demo.twilio.com/welcome/voice/' };
    const silent = { ...number, phoneNumber: '+14155550102', statusCallback: '' };
    const asked = {
      ...number,
      phoneNumber: '+14155550103',
      statusCallback: `${base}/webhooks/recording`,
      voiceMethod: 'GET' as const,
    };
    simulator.setUpAccount({ phoneNumbers: [number, elsewhere, silent, asked] });
    const { status, problems } = await doctor();
    expect(status).toBe(0);
    expect(problems).toHaveLength(4);
    expect(problems).toContainEqual(
      found('number +14155550101', 'warning', 'demo.twilio.com', `${base}/voice/inbound`),
    );
    expect(problems).toContainEqual(found('number +14155550102', 'warning', 'empty', `${base}/webhooks/voice/status`));
    expect(problems).toContainEqual(
      found('number +14155550103', 'warning', '/webhooks/recording', '/webhooks/voice/status'),
    );
    expect(problems).toContainEqual(found('number +14155550103', 'warning', 'GET', 'POST'));
  });

  // A number for text messages alone was to be given a voice URL.
  it('of a number that takes no calls nothing is asked', async () => {
    const { doctor, simulator, number } = await setUp();
    const texting = { ...number, phoneNumber: '+14155550104', hasVoice: false, voiceUrl: '', statusCallback: '' };
    simulator.setUpAccount({ phoneNumbers: [number, texting] });
    expect((await doctor()).problems).toEqual([]);
  });

  it('a voice application that no number leads to', async () => {
    const { doctor, simulator, base } = await setUp();
    simulator.setUpAccount({});
    expect((await doctor()).problems).toEqual([
      found('voice numbers', 'failed', 'the account has no numbers', `${base}/voice/inbound`),
    ]);
  });

  it('a caller ID that is neither owned nor verified, however much it is like one', async () => {
    const { doctor } = await setUp();
    const { status, problems } = await doctor(' --caller-id +1415555010');
    expect({ status, problems }).toEqual({
      status: 1,
      problems: [found('caller ID +1415555010', 'failed', '13214', 'Verified Caller IDs')],
    });
  });

  it('a trunk that records without callbacks while nobody asks afterwards', async () => {
    const { doctor, simulator, number } = await setUp();
    const trunk = { ...number, phoneNumber: '+14155550101', trunkSid: TRUNK };
    simulator.setUpAccount({ phoneNumbers: [number, trunk], trunks: { [TRUNK]: 'record-from-answer' } });
    const { problems } = await doctor('', { RECONCILE_INTERVAL: '0s' });
    expect(problems).toContainEqual(found('recording callbacks', 'failed', TRUNK, 'RECONCILE_INTERVAL'));
    expect((await doctor()).problems.map(({ check }) => check)).not.toContain('recording callbacks');
  });
});

it('a trunk whose recording mode Twilio does not tell is no trunk that does not record', async () => {
  const { doctor, simulator, number } = await setUp();
  const trunk = { ...number, phoneNumber: '+14155550101', trunkSid: TRUNK };
  simulator.setUpAccount({ phoneNumbers: [number, trunk] });
  expect((await doctor()).problems).toContainEqual(found(`trunk ${TRUNK}`, 'warning', 'does not tell', 'Console'));
});

describe('each misconfiguration of the public address is found and has its remedy', () => {
  it.each([
    ['expired', 'failed', 'has expired', 'renew'],
    ['selfSigned', 'failed', 'self-signed', 'public authority'],
    ['other', 'failed', 'another host name', 'this host name'],
    ['incomplete', 'failed', 'chain is incomplete', 'fullchain.pem'],
    ['soon', 'warning', 'expires in 2 days', 'renew'],
  ] as const)('a certificate that is %s', async (name, status, seen, remedy) => {
    const { doctor } = await setUp({ certificate: certificates[name] });
    expect((await doctor()).problems).toEqual([found('TLS', status, seen, remedy)]);
  });

  it.each(['127.0.0.1', '10.1.2.3', '172.31.0.1', '192.168.1.9', '169.254.169.254', '100.64.0.1', '::1', 'fd00::1'])(
    'a host name that leads to %s',
    async (address) => {
      const { doctor } = await setUp({ address });
      expect((await doctor()).problems).toEqual([found('address', 'failed', address, 'tunnel')]);
    },
  );

  it('http', async () => {
    const { doctor } = await setUp({ scheme: 'http' });
    expect((await doctor()).problems).toEqual([found('TLS', 'warning', 'http', 'https://')]);
  });

  it('nothing that listens', async () => {
    const { doctor, server } = await setUp();
    await new Promise((resolve) => server.close(resolve));
    expect((await doctor()).problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', 'ECONNREFUSED', 'start ingest'),
    );
  });

  it('another service', async () => {
    const { doctor } = await setUp({ listener: (_, response) => response.writeHead(200).end('<h1>') });
    expect((await doctor()).problems).toEqual([found('PUBLIC_BASE_URL', 'failed', 'answers 200', 'PORT of ingest')]);
  });

  it('an ingest with another token', async () => {
    const { doctor } = await setUp({ token: 'another-token' });
    expect((await doctor()).problems).toEqual([
      found('PUBLIC_BASE_URL', 'failed', 'refuses', 'same TWILIO_AUTH_TOKEN'),
    ]);
  });

  it('one of two addresses', async () => {
    const { doctor, base } = await setUp();
    const { problems } = await doctor('', { PUBLIC_BASE_URL: `${base}, http://${HOST}:1` });
    expect(problems).toContainEqual(
      found('PUBLIC_BASE_URL', 'failed', `http://${HOST}:1 cannot be reached`, 'start ingest'),
    );
  });
});

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
  const both = createHttpServer(async ({ url = '', headers }, response) => {
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
    const { doctor, simulator, base } = await setUp({ several: true });
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
    expect(problems).toEqual([found('ACCOUNTS_FILE', 'failed', 'ENOENT', 'mend')]);
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
    expect(problems).toEqual([found('VOICE_FILE', 'failed', 'ENOENT', 'path of a file')]);
  });
});

it('names every setting that is missing', async () => {
  const { status, err } = await onrecord('doctor', {});
  expect(status).toBe(1);
  for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'PUBLIC_BASE_URL']) expect(err).toContain(name);
});
