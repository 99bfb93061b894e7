import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@onrecord/simulator/simulator';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ACCOUNT, TOKEN } from './testing/signed-request.ts';
import { startedIngest } from './testing/started-ingest.ts';

const NUMBER = '+14155550101';

async function started(environment: Record<string, string>) {
  const simulator = await startSimulator({ accountSid: ACCOUNT, authToken: TOKEN, publicBaseUrl: 'http://127.0.0.1' });
  simulator.setUpAccount({ phoneNumbers: [{ phoneNumber: NUMBER, voiceUrl: 'https://demo.twilio.com/' }] });
  const ingest = await startedIngest({
    PUBLIC_BASE_URL: 'http://127.0.0.1:2',
    VOICE_DIAL_TO: '+14155550142',
    TWILIO_API_URL: simulator.url,
    ...environment,
  });
  onTestFinished(async () => {
    await ingest.service.stop();
    await simulator.stop();
  });
  return ingest;
}

test('ingest starts whatever is set up wrongly, and its log says what and the remedy, without a whole phone number', async () => {
  const { lines } = await started({ DOCTOR_AT_START: 'true' });
  const found = () => lines.filter(({ msg }) => msg === 'a check at start found something');
  await vi.waitFor(() => expect(found().map(({ name }) => name)).toContain('PUBLIC_BASE_URL'));
  expect(found()).toContainEqual(
    expect.objectContaining({
      name: expect.stringMatching(/^number \+1415\*+101$/),
      reason: expect.stringContaining('demo.twilio.com'),
      remedy: expect.stringContaining('/voice/inbound'),
    }),
  );
  expect(found().map(({ name }) => name)).toContain('voice numbers');
  expect(JSON.stringify(lines)).not.toContain(NUMBER);
});

async function fileOf(content: unknown): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'check-at-start-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'file.json'), JSON.stringify(content), { mode: 0o600 });
  return join(folder, 'file.json');
}

test('the accounts of ACCOUNTS_FILE are checked at start as well', async () => {
  const accountSid = `AC${'2'.repeat(32)}`;
  const ACCOUNTS_FILE = await fileOf([{ accountSid, authToken: 'second-token' }]);
  const { lines } = await started({ DOCTOR_AT_START: 'true', ACCOUNTS_FILE });
  await vi.waitFor(() => expect(lines.map(({ name }) => name)).toContain(`${accountSid} auth token`));
  expect(JSON.stringify(lines)).not.toContain('second-token');
});

test.each([
  ['false', 1],
  ['true', 0],
])('a voice file that asks for messages while MESSAGING is %s is warned of %d times', async (MESSAGING, times) => {
  const VOICE_FILE = await fileOf({
    version: 1,
    languages: [{ id: 'en', language: 'en-US' }],
    prompts: { sorry: { en: 'Sorry.' }, bye: { en: 'Bye.' } },
    consent: { mode: 'off' },
    start: { message: 'sorry', end: 'bye' },
  });
  const { lines } = await started({ DOCTOR_AT_START: 'false', VOICE_FILE, MESSAGING });
  expect(lines.filter(({ msg }) => String(msg).includes('MESSAGING is off'))).toHaveLength(times);
});
