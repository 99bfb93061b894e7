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
