import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TwilioAccount } from './accounts.ts';
import { watchAccounts } from './watch-accounts.ts';

const sid = (prefix: string, digit: string) => prefix + digit.repeat(32);
const own = { accountSid: sid('AC', 'a'), authTokens: ['own-token'] as const, apiUrl: 'https://api.twilio.com' };
const entry = (digit: string, more: object = {}) => ({
  accountSid: sid('AC', digit),
  authToken: `token-${digit}`,
  ...more,
});

const apiKey = { sid: sid('SK', '1'), secret: 'key-secret' };
const complete: TwilioAccount = { ...own, authTokens: ['own-token', 'own-next'], apiKey };
/** The environment's account in the file as well. */
const both = (more: object = {}) => entry('a', { authToken: 'own-token', ...more });

let folder: string;
let file: string;
const closing: Disposable[] = [];
const said: { fields: Record<string, unknown>; message: string }[] = [];
const say = (fields: object, message: string) => void said.push({ fields: fields as Record<string, unknown>, message });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-'));
  file = join(folder, 'accounts.json');
  said.length = 0;
});
afterEach(async () => {
  for (const each of closing.splice(0)) each[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

async function write(content: unknown, mode = 0o600) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  await writeFile(`${file}.new`, text, { mode });
  await chmod(`${file}.new`, mode);
  await rename(`${file}.new`, file);
}

async function watched(options: { pollMs?: number; own?: TwilioAccount } = {}) {
  const accounts = await watchAccounts({ file, own, logger: { info: say, warn: say }, ...options });
  closing.push(accounts);
  return accounts;
}

test('without a file, the environment’s account is the only one', async () => {
  const accounts = await watchAccounts({ file: undefined, own, logger: { info: say, warn: say } });
  expect(accounts.all()).toEqual([own]);
});

test('the file’s accounts come beside the environment’s, each with its own token, key and region', async () => {
  await write([
    entry('b', { authTokenNext: 'next-b' }),
    entry('c', { region: 'ie1', edge: 'dublin', apiKey, label: 'IE' }),
  ]);
  const accounts = await watched();
  expect(accounts.all()).toHaveLength(3);
  expect(accounts.find(own.accountSid)).toEqual(own);
  expect(accounts.find(sid('AC', 'b'))).toMatchObject({ authTokens: ['token-b', 'next-b'], apiUrl: own.apiUrl });
  expect(accounts.find(sid('AC', 'c'))).toMatchObject({ apiKey, apiUrl: 'https://api.dublin.ie1.twilio.com' });
  expect(accounts.find(sid('AC', 'd'))).toBeUndefined();
});

// The file's entry took the place of the environment's: callbacks signed with the next token were refused after its promotion.
test.each<[string, TwilioAccount, object]>([
  ['nothing more', complete, both()],
  ['everything', own, both({ authTokenNext: 'own-next', apiKey })],
  ['the same', complete, both({ authTokenNext: 'own-next', apiKey })],
])('the environment’s account may be in the file as well, which says %s of it', async (_, environments, inFile) => {
  await write([inFile, entry('b')]);
  const accounts = await watched({ own: environments });
  expect(accounts.all()).toHaveLength(2);
  expect(accounts.find(own.accountSid)).toEqual(complete);
});

describe('at start is refused, by the field and never with what is in it,', () => {
  test.each<[string, unknown, RegExp]>([
    ['what is not JSON', '[{"authToken": "hunter2" "x"}]', /it is not JSON/],
    ['no list', { accountSid: 'hunter2' }, /give a list of accounts/],
    ['an empty list', [], /at least one account/],
    ['no account', [{ authToken: 'hunter2' }], /0\.accountSid: give AC/],
    ['an account of another form', [entry('b'), { accountSid: 'hunter2', authToken: 'x' }], /1\.accountSid: /],
    ['no token', [{ accountSid: sid('AC', 'b') }], /0\.authToken: give the account’s primary auth token/],
    ['half a key', [entry('b', { apiKey: { sid: sid('SK', '1') } })], /0\.apiKey\.secret: /],
    ['a region alone', [entry('b', { region: 'ie1' })], /0\.edge: give region and edge together/],
    [
      'a host for a region',
      [entry('b', { region: 'hunter2', edge: 'dublin' })],
      /0\.region: give a region such as ie1/,
    ],
    ['what it does not know', [entry('b', { authTokn: 'hunter2' })], /0: .*authTokn/],
    ['an account twice', [entry('b'), entry('b')], /1\.accountSid: the account is in the file twice/],
    ['another token than TWILIO_AUTH_TOKEN', [entry('a')], /0\.authToken: is another one than TWILIO_AUTH_TOKEN:/],
    ['another next token', [both({ authTokenNext: 'hunter2' })], /another one than TWILIO_AUTH_TOKEN_NEXT:/],
    ['another key', [both({ apiKey: { ...apiKey, sid: sid('SK', '2') } })], /another one than TWILIO_API_KEY_SID:/],
    ['another secret', [both({ apiKey: { ...apiKey, secret: 'hunter2' } })], /another one than TWILIO_API_KEY_SECRET:/],
    ['another region', [both({ region: 'ie1', edge: 'dublin' })], /0\.region: is another one than TWILIO_API_URL:/],
  ])('%s', async (_, content, complaint) => {
    await write(content);
    const error = await watched({ own: complete }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'SettingsError', message: expect.stringMatching(complaint) });
    expect(String(error)).not.toMatch(/hunter2|token-[a-c]|own-token/);
  });

  // Each start told of one fault, and the next one of the next.
  test('everything at once, each by its path', async () => {
    await write([
      { accountSid: 'hunter2', authToken: 'x', region: 'ie1' },
      null,
      entry('b', { apiKey: { sid: sid('SK', '1') } }),
      entry('b', { authToken: '' }),
    ]);
    const message = String(await watched().catch((thrown: unknown) => thrown));
    for (const path of ['0.accountSid', '0.edge', '1', '2.apiKey.secret', '3.authToken', '3.accountSid']) {
      expect(message).toContain(` ${path}: `);
    }
    expect(message).not.toContain('hunter2');

    await write([both({ authToken: 'hunter2', apiKey: { ...apiKey, secret: 'hunter3' } })]);
    const differing = watched({ own: complete });
    await expect(differing).rejects.toThrow(/0\.authToken: .* TWILIO_AUTH_TOKEN: .*; 0\.apiKey\.secret: .*KEY_SECRET/);
  });

  test('no more of it than a person mends at once; the rest is counted', async () => {
    await write(Array.from({ length: 500 }, () => ({})));
    const message = String(await watched().catch((thrown: unknown) => thrown));
    expect(message).toMatch(/; and 980 more$/);
  });

  test('a file that is not there', async () => {
    await expect(watched()).rejects.toThrow(/ACCOUNTS_FILE .*cannot be read \(there is no such file or folder\)/);
  });
});

test('a change is taken over; a bad one is told of once, and leaves everything as it was', async () => {
  await write([entry('b')]);
  const accounts = await watched({ pollMs: 50 });
  await write([entry('b'), entry('c')]);
  await vi.waitFor(() => expect(accounts.find(sid('AC', 'c'))).toBeDefined());
  await write([{ accountSid: sid('AC', 'd'), authToken: 7 }]);
  const told = () => said.filter(({ message }) => message.includes('cannot be used'));
  await vi.waitFor(() => expect(told()).toHaveLength(1));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(told()).toMatchObject([{ fields: { reason: expect.stringContaining('0.authToken') } }]);
  expect(accounts.all()).toHaveLength(3);
  await write([entry('d')]);
  await vi.waitFor(() => expect(accounts.find(sid('AC', 'd'))).toBeDefined());
  expect(accounts.find(sid('AC', 'c'))).toBeUndefined();
});

test.each([
  ['by being watched', 60_000],
  ['by being looked at', 50],
])('a link that is replaced, as Kubernetes does, is noticed %s', async (_, pollMs) => {
  const version = async (name: string, content: unknown) => {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'accounts.json'), JSON.stringify(content), { mode: 0o600 });
    await symlink(name, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  await version('..1', [entry('b')]);
  await symlink('..data/accounts.json', file);
  const accounts = await watched({ pollMs });
  await version('..2', [entry('c')]);
  await vi.waitFor(() => expect(accounts.find(sid('AC', 'c'))).toBeDefined());
});

test('a file that everybody on the machine may read is warned of', async () => {
  await write([entry('b')], 0o644);
  await watched();
  expect(said).toMatchObject([{ message: expect.stringContaining('open to everybody') }]);
});

// Beside a busy database the warning once came 71 times in a minute.
test('a file open to everybody is warned of once for each change of its mode, however often it is looked at', async () => {
  const warnings = () => said.filter(({ message }) => message.includes('open to everybody'));
  await write([entry('b')], 0o644);
  await watched({ pollMs: 20 });
  await write('[', 0o644);
  await vi.waitFor(() => expect(said).toHaveLength(2));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(warnings()).toHaveLength(1);
  await chmod(file, 0o600);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await chmod(file, 0o646);
  await vi.waitFor(() => expect(warnings()).toHaveLength(2));
});
