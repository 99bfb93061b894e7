import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromRecord } from '@onrecord/shared/events/kafka-binding';
import { type CallScript, startSimulator } from '@onrecord/simulator/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, TOKEN } from '../testing/signed-request.ts';
import { itsOwnAddress, startedIngest } from '../testing/started-ingest.ts';
import { exampleFile } from '../testing/voice-example.ts';

const SPEAKING_MS = 60_000;

/** A call of a simulated Twilio to the real service, over real sockets: what the caller met, and what was published. */
async function call(script: Partial<Extract<CallScript, { kind: 'inbound-call' }>>, change: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-voice-'));
  const path = join(folder, 'voice.json');
  await writeFile(path, JSON.stringify(exampleFile(change)));
  const { service, at, eventLog } = await startedIngest({ ...(await itsOwnAddress()), VOICE_FILE: path });
  const simulator = await startSimulator({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    publicBaseUrl: at,
    speechCacheDir: join(tmpdir(), 'onrecord-test-speech'),
    speed: 2_000,
  });
  onTestFinished(async () => {
    await simulator.stop();
    await service.stop();
    await rm(folder, { recursive: true });
  });
  const { callSid, callSids, deliveries, problems } = await simulator.placeCall({
    kind: 'inbound-call',
    from: '+14155550101',
    to: '+14155550199',
    parties: [{ name: 'caller', voice: 'kal', channel: 0 }],
    utterances: [{ party: 'caller', text: 'Hello.' }],
    ...script,
  });
  expect(problems).toEqual([]);
  expect(deliveries.filter(({ status = 0 }) => status >= 300)).toEqual([]);
  const events = eventLog.appended.map((record) => fromRecord(record));
  const of = (type: string) => events.filter((event) => event.type === `onrecord.${type}.v1`);
  const asked = deliveries.filter(({ kind }) => kind === 'voice').map(({ url }) => new URL(url).pathname.slice(7));
  return { callSid, callSids, asked, of, recordings: simulator.recordings.list() };
}

const dialled = ({ of }: Awaited<ReturnType<typeof call>>) => [
  ...new Set(of('call.status-changed').map(({ data }) => (data.parentCallSid === undefined ? '' : String(data.to)))),
];

test(
  'a yes by speech is kept as such, the call is recorded, and a menu leads to whom was asked for',
  async () => {
    const met = await call({ atPrompts: [{ say: 'Yes, please.' }, { say: 'sales' }] });
    expect(met.asked).toEqual(['inbound', 'consent', 'menu', 'dial-result']);
    expect(met.of('consent.recorded')).toMatchObject([
      {
        id: expect.stringMatching(/^consent:CA[0-9a-f]{32}:caller:speech:[0-9a-f]{16}:granted$/),
        data: { callSid: met.callSid, outcome: 'granted', method: 'speech', language: 'en-US', party: 'caller' },
      },
    ]);
    expect(met.recordings).toMatchObject([{ source: 'StartCallRecordingTwiML', callSid: met.callSid, channels: 2 }]);
    expect(dialled(met)).toContain('+14155550142');
  },
  SPEAKING_MS,
);

test.each([{ say: 'no' }, { press: '2' }])('a no (%j) is kept, and the call goes on unrecorded', async (no) => {
  const met = await call({ atPrompts: [no, { press: '2' }] });
  expect(met.of('consent.recorded')).toMatchObject([{ data: { outcome: 'refused', language: 'en-US' } }]);
  expect(met.recordings).toEqual([]);
  expect(dialled(met)).toContain('+14155550144');
});

test('silence, asked twice, ends the call where the file says so, and is no answer', async () => {
  const { consent } = exampleFile();
  const met = await call({ atPrompts: [] }, { consent: { ...consent, onNoAnswer: 'end' } });
  expect(met.asked).toEqual(['inbound', 'consent', 'consent']);
  expect([met.of('consent.recorded'), met.recordings, met.callSids.length]).toEqual([[], [], 1]);
});

test('a yes that was hardly understood is asked for again', async () => {
  const met = await call({ atPrompts: [{ say: 'yes', confidence: 0.3 }, { press: '1' }, { press: '1' }] });
  expect(met.asked).toEqual(['inbound', 'consent', 'consent', 'menu', 'dial-result']);
  expect(met.of('consent.recorded')).toMatchObject([{ data: { outcome: 'granted', method: 'key-press' } }]);
});

test('a caller of another country chooses a language, and is asked in it', async () => {
  const to = '+442071838750';
  const met = await call({ to, atPrompts: [{ press: '2' }, { say: 'ja' }, { say: 'Hilfe' }] });
  expect(met.of('consent.recorded')).toMatchObject([{ data: { outcome: 'granted', language: 'de-DE' } }]);
  expect(dialled(met)).toContain('+14155550144');
});

test('a menu is repeated after something that is no choice', async () => {
  const met = await call({ atPrompts: [{ press: '2' }, { press: '7' }, { silence: true }, { press: '1' }] });
  expect(met.asked).toEqual(['inbound', 'consent', 'menu', 'menu', 'menu', 'dial-result']);
  expect(dialled(met)).toContain('+14155550142');
});

test('after a busy number the next one is dialled; how each ended is one event, from the leg and from the Dial', async () => {
  const met = await call({ atPrompts: [{ press: '2' }, { press: '1' }], dials: ['busy'] });
  const [, first, second] = met.callSids;
  const ends = met.of('call.status-changed').filter(({ id }) => /:(busy|completed)$/.test(id));
  expect(ends.filter(({ id }) => id === `call:${first}:busy`).length).toBe(2);
  expect(new Set(ends.map(({ id }) => id))).toEqual(
    new Set([`call:${first}:busy`, `call:${second}:completed`, `call:${met.callSid}:completed`]),
  );
  expect(ends.filter(({ id }) => id === `call:${first}:busy`)).toMatchObject([
    { data: { parentCallSid: met.callSid, to: '+14155550142', diagnosis: expect.anything() } },
    { data: { parentCallSid: met.callSid, to: '+14155550142', diagnosis: expect.anything() } },
  ]);
  expect(dialled(met)).toContain('+14155550143');
});

test(
  'after no answer a caller who had said nothing agrees and leaves a message, which alone is recorded',
  async () => {
    const atPrompts = [{ silence: true as const }, { silence: true as const }, { press: '1' }, { press: '1' }];
    const met = await call({ atPrompts, dials: ['no-answer'], message: 'Please call me back.' });
    expect(met.asked.slice(-3)).toEqual(['dial-result', 'consent', 'voicemail']);
    expect(met.recordings).toMatchObject([{ source: 'RecordVerb', status: 'completed', callSid: met.callSid }]);
    expect(met.of('recording.reported').map(({ data }) => data.status)).toEqual(['in-progress', 'completed']);
    const [consent] = met.of('consent.recorded');
    expect(consent?.data).toMatchObject({ outcome: 'granted', method: 'key-press' });
    expect(consent?.data.promptVersion).toMatch(/^[0-9a-f]{16}$/);
  },
  SPEAKING_MS,
);

test('a caller who refused is asked no more, and leaves no message', async () => {
  const atPrompts = [{ press: '2' }, { press: '1' }, { press: '1' }];
  const met = await call({ atPrompts, dials: ['no-answer'], message: 'Please call me back.' });
  expect(met.asked.at(-1)).toBe('dial-result');
  expect(met.recordings).toEqual([]);
});

test('after a failed call a message to the caller is asked for, once', async () => {
  const after = { failed: { message: 'message-taken', end: 'goodbye' } };
  const destinations = { only: { number: '+14155550142', after } };
  const only = { start: { destination: 'only' }, menus: {}, voicemails: {}, destinations };
  const met = await call({ atPrompts: [{ press: '2' }], dials: ['failed'] }, only);
  expect(met.of('message.requested')).toMatchObject([
    {
      id: `message:${met.callSid}:dial-failed`,
      data: { to: '+14155550101', from: '+14155550199', body: 'Thank you. We will call you back.' },
    },
  ]);
});
