import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const ACCOUNT = `AC${'a'.repeat(32)}`;
/** A process on a busy machine; in milliseconds. */
const TIMEOUT_MS = 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onrecord-check-'));
  await writeFile(join(folder, 'no-json'), '{');
  await writeFile(join(folder, 'no-list'), '{}');
  await writeFile(join(folder, 'empty-token'), JSON.stringify([{ accountSid: ACCOUNT, authToken: '' }]));
  await writeFile(join(folder, 'good'), JSON.stringify([{ accountSid: ACCOUNT, authToken: 'other' }]));
});
afterAll(() => rm(folder, { recursive: true }));

const required = {
  PATH: process.env.PATH,
  DATABASE_URL: 'postgres://localhost/onrecord',
  EVENTS_URL: 'kafka+ssl://localhost:9092',
  RECORDINGS_BUCKET: 's3://recordings',
  RECORDS_API_TOKEN: 'a-long-enough-token',
  PSEUDONYM_KEY: 'a-pseudonym-key-of-32-characters',
  PUBLIC_BASE_URL: 'https://calls.example.com',
  TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token',
  DEEPGRAM_API_KEY: 'key',
};

/** What `--check` says of settings that name files of the folder. */
async function check(service: string, files: Record<string, string>) {
  const named = Object.entries(files).map(([setting, file]) => [setting, join(folder, file)]);
  const main = [join(ROOT, 'services', service, 'src/main.ts'), '--check'];
  const env = { ...required, ...Object.fromEntries(named) };
  return promisify(execFile)(process.execPath, main, { env }).then(
    ({ stdout }) => ({ status: 0, said: stdout }),
    ({ code, stderr }) => ({ status: code, said: String(stderr) }),
  );
}

// It said that settings can be used with which no service started.
describe('--check reads the files that the settings name', () => {
  test.each([
    ['ingest', { ACCOUNTS_FILE: 'no-json' }, 1, /ACCOUNTS_FILE \S+: it is not JSON/],
    ['retention', { ACCOUNTS_FILE: 'no-list' }, 1, /ACCOUNTS_FILE .*give a list of accounts/],
    ['transcriber', { ACCOUNTS_FILE: 'empty-token' }, 1, /ACCOUNTS_FILE .*give the account’s primary auth token/],
    [
      'ingest',
      { ACCOUNTS_FILE: 'nowhere' },
      1,
      /ACCOUNTS_FILE \S+: it cannot be read \(there is no such file or folder\)/,
    ],
    [
      'retention',
      { ACCOUNTS_FILE: 'good', EVENTS_CA_FILE: 'nowhere' },
      1,
      /EVENTS_CA_FILE is \S+, which cannot be read \(there is no such file or folder\)/,
    ],
    // It told the code of the operating system alone, ENOENT, where the command line said it in words.
    [
      'retention',
      { JURISDICTIONS_FILE: 'nowhere' },
      1,
      /JURISDICTIONS_FILE is \S+: it cannot be read \(there is no such file or folder\)/,
    ],
    ['transcriber', { RECORDING_KEYS_FILE: 'nowhere' }, 1, /RECORDING_KEYS_FILE \S+: it cannot be read/],
    ['transcriber', { ACCOUNTS_FILE: 'good' }, 0, /transcriber: the settings can be used/],
  ])(
    'of %s: %j',
    async (service, files, status, said) => {
      expect(await check(service, files)).toEqual({ status, said: expect.stringMatching(said) });
    },
    TIMEOUT_MS,
  );
});
