import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePorts } from '../servers/free-ports.ts';
import { type Environment, runStandalone, StandaloneCommand, standalonePlace } from './standalone-command.ts';

let place: Awaited<ReturnType<typeof standalonePlace>>;
let environment: Environment;
beforeAll(async () => {
  place = await standalonePlace();
  environment = place.environment;
});
afterAll(() => place.remove());

const ACCOUNT = `AC${'a'.repeat(32)}`;

describe('a mistake is told in a line with its remedy', () => {
  test('an unknown flag, with the ones that there are', async () => {
    const { status, stderr } = await runStandalone(['--onse'], environment);
    expect(stderr).toMatch(/^unknown argument "--onse": did you mean --once\?\n\nusage: .*--once/);
    expect(status).toBe(2);
  });

  // It printed where things are, waited for calls of real people, and never came to its line of JSON.
  test('an end after simulated calls, where none are placed', async () => {
    const account = {
      TWILIO_ACCOUNT_SID: ACCOUNT,
      TWILIO_AUTH_TOKEN: 'token',
      PUBLIC_BASE_URL: 'https://calls.example.com',
    };
    const { status, stdout, stderr } = await runStandalone(['--once'], { ...environment, ...account });
    expect(stderr).toMatch(/^--once ends after the simulated calls.*unset TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN\n$/);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });

  test('every bad setting, its own and those of all services, in one message', async () => {
    const { status, stderr } = await runStandalone([], {
      ...environment,
      PORT: '99999',
      LOG_LEVEL: 'loud',
      LISTEN_HOST: 'everywhere',
      TWILIO_ACCOUNT_SID: ACCOUNT,
      VOICE_DIAL_TO: '555',
      SWEEP_INTERVAL: '1',
      RELAY_CONCURRENCY: '0',
      RECORDS_API_TOKEN: 'short',
    });
    expect(stderr.split('\n').map((line) => line.trim().split(' ')[0])).toEqual([
      'the',
      'PORT',
      'LISTEN_HOST',
      'LOG_LEVEL',
      'TWILIO_AUTH_TOKEN',
      'VOICE_DIAL_TO',
      'RECORDS_API_TOKEN',
      'SWEEP_INTERVAL',
      'RELAY_CONCURRENCY',
      '',
    ]);
    expect(stderr).toContain('TWILIO_AUTH_TOKEN and PUBLIC_BASE_URL missing: a real Twilio account needs');
    expect(status).toBe(2);
  });

  test.each(['PORT', 'RECORDS_API_PORT', 'METRICS_PORT'])('a port in use, by the setting %s', async (setting) => {
    const [port = 0] = await freePorts(1);
    await using _other = await listen(port);
    const { status, stderr } = await runStandalone(['--once'], { ...environment, [setting]: String(port) });
    expect(stderr).toBe(
      `port ${port} is in use by another program: stop that one, or choose another port with ${setting}\n`,
    );
    expect(status).toBe(1);
  });

  test('an address that this machine does not have', async () => {
    // Of the range that is kept for documentation (RFC 5737).
    const { status, stderr } = await runStandalone(['--once'], { ...environment, LISTEN_HOST: '192.0.2.1' });
    expect(stderr).toBe('this machine has no address 192.0.2.1: give one that it has with LISTEN_HOST\n');
    expect(status).toBe(1);
  });

  test('a data folder that cannot be one', async () => {
    const file = join(dirname(place.folder), 'file');
    await writeFile(file, '');
    const { status, stderr } = await runStandalone(['--once'], { ...environment, ONRECORD_DATA_DIR: file });
    expect(stderr).toMatch(/^the data folder \S+ cannot be used \(EEXIST\): .* with ONRECORD_DATA_DIR\n$/);
    expect(status).toBe(1);
  });

  // With the second size Postgres started, refused each connection, and was waited for.
  test.runIf(mayMount()).each(['20m', '39500k'])('a full disk, of %s', async (size) => {
    const script = `mount -t tmpfs -o size=${size} tmpfs "${dirname(place.folder)}" && exec "$@"`;
    const { status, stderr } = await runStandalone(['--once'], environment, [...OWN_MOUNTS, 'sh', '-c', script, 'sh']);
    expect(stderr).toMatch(/^the disk of the data folder \S+ is full: free some space [^\n]*\n$/);
    expect(status).toBe(1);
  });

  test('a database that does not answer, without its password', async () => {
    const [port = 0] = await freePorts(1);
    const DATABASE_URL = `postgres://onrecord:hunter2@127.0.0.1:${port}/onrecord`;
    const { status, stderr } = await runStandalone(['--once'], { ...environment, DATABASE_URL });
    expect(stderr).toMatch(/^the Postgres of DATABASE_URL cannot be used \(.*ECONNREFUSED.*\): start it, [^\n]*\n$/);
    expect(stderr).not.toContain('hunter2');
    expect(status).toBe(1);
  });

  test('an event log that does not answer', async () => {
    const [port = 0] = await freePorts(1);
    const EVENTS_URL = `postgres://onrecord:hunter2@127.0.0.1:${port}/onrecord`;
    const { status, stderr } = await runStandalone(['--once'], { ...environment, EVENTS_URL });
    expect(stderr).toMatch(/^the event log of EVENTS_URL cannot be used \(.*ECONNREFUSED.*\): start it, [^\n]*\n$/);
    expect(stderr).not.toContain('hunter2');
    expect(status).toBe(1);
  });
});

/** What is mounted is seen by the command alone, and goes with it. */
const OWN_MOUNTS = ['unshare', '--mount'];

function mayMount(): boolean {
  const [file = '', ...args] = [...OWN_MOUNTS, 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()];
  return spawnSync(file, args).status === 0;
}

test('with credentials it starts and takes callbacks while Twilio and Deepgram cannot be reached', async () => {
  const [closed = 0] = await freePorts(1);
  const authToken = 'b'.repeat(32);
  const command = new StandaloneCommand([], {
    ...environment,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_URL: `http://127.0.0.1:${closed}`,
    PUBLIC_BASE_URL: 'https://calls.example.com',
    DEEPGRAM_API_KEY: 'c'.repeat(40),
    TRANSCRIPTION_URL: `http://127.0.0.1:${closed}`,
  });
  await command.until('where things are');
  const callback = {
    AccountSid: ACCOUNT,
    CallSid: `CA${'d'.repeat(32)}`,
    RecordingSid: `RE${'e'.repeat(32)}`,
    RecordingStatus: 'completed',
    RecordingDuration: '7',
    RecordingChannels: '1',
    RecordingSource: 'DialVerb',
    RecordingUrl: `https://api.twilio.com/2010-04-01/Accounts/${ACCOUNT}/Recordings/RE${'e'.repeat(32)}`,
  };
  const { statusCode, body } = await request(`http://127.0.0.1:${environment.PORT}/webhooks/recording`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signature(authToken, 'https://calls.example.com/webhooks/recording', callback),
    },
    body: new URLSearchParams(callback).toString(),
  });
  await body.dump();
  expect(statusCode).toBe(204);
  await command.until('completed at Twilio');
  expect(command.stdout).not.toContain('SIMULATED');
  command.signal('SIGTERM');
  expect(await command.status()).toBe(0);
});

/** Source: Twilio's "Security" page: HMAC-SHA1 over the address and the parameters in the order of their names. */
function signature(authToken: string, url: string, parameters: Readonly<Record<string, string>>): string {
  const names = Object.keys(parameters).sort();
  const signed = names.reduce((text, name) => `${text}${name}${parameters[name]}`, url);
  return createHmac('sha1', authToken).update(signed).digest('base64');
}

async function listen(port: number): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, resolve));
  return { [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}
