import { expect, test } from 'vitest';
import type { CallScript } from '../call-script.ts';
import { type Answer, type Received, startApplication } from '../testing/application.ts';
import { simulate } from '../testing/simulated.ts';

const SPEAKING_MS = 60_000;
const response = (content: string): Answer => ({ body: `<Response>${content}</Response>` });
const call: CallScript = {
  kind: 'inbound-call',
  from: '+14155550101',
  to: '+14155550199',
  parties: [{ name: 'caller', voice: 'kal', channel: 0 }],
  utterances: [{ party: 'caller', text: 'Hello.' }],
};

/** What becomes of a call whose voice URL answers this. */
async function placed(answers: Record<string, Answer | ((request: Received) => Answer)>, change: object = {}) {
  const application = await startApplication(answers);
  const simulator = await simulate(application);
  const result = await simulator.placeCall({ ...call, ...change } as CallScript);
  const recordings = simulator.recordings.list();
  return { application, result, recordings, problems: result.problems };
}

test.each([
  ['record-from-answer', 1],
  ['record-from-answer-dual', 2],
  ['record-from-ringing', 1],
  ['record-from-ringing-dual', 2],
])(
  '<Dial record="%s"> records on %i channel(s)',
  async (record, channels) => {
    const dial = `<Dial record="${record}" recordingStatusCallback="/rec" action="/after">+14155550142</Dial>`;
    const { application, recordings } = await placed({ '/voice/inbound': response(dial), '/after': response('') });
    expect(recordings).toMatchObject([{ source: 'DialVerb', channels, status: 'completed' }]);
    expect(application.at('/rec').map(({ RecordingStatus }) => RecordingStatus)).toEqual(['completed']);
    expect(application.at('/after')).toMatchObject([{ DialCallStatus: 'completed', DialBridged: 'true' }]);
  },
  SPEAKING_MS,
);

test(
  'a recording from the ringing on is longer than one from the answer on, and trimmed it is not',
  async () => {
    const start = (trim: string) => `<Start><Recording trim="${trim}"/></Start><Dial>+14155550142</Dial>`;
    const [kept, trimmed] = await Promise.all(
      ['do-not-trim', 'trim-silence'].map((trim) => placed({ '/voice/inbound': response(start(trim)) })),
    );
    const bytes = ({ recordings }: { recordings: { media: { bytes: number } | null }[] }) =>
      recordings[0]?.media?.bytes ?? 0;
    expect(kept && trimmed && bytes(kept) - bytes(trimmed)).toBe(2_400 * 8 * 4);
  },
  SPEAKING_MS,
);

test(
  'callbacks go by GET and to relative addresses where the TwiML says so',
  async () => {
    const dial = `<Dial><Number statusCallback="../status?leg=child" statusCallbackMethod="GET"
    statusCallbackEvent="answered">+14155550142</Number></Dial>`;
    const { application } = await placed({
      '/voice/inbound': response('<Redirect method="GET">menu/one</Redirect>'),
      '/voice/menu/one': response(dial),
    });
    expect(application.received.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /voice/inbound',
      'GET /voice/menu/one',
      'GET /voice/status',
      'POST /webhooks/voice/status',
    ]);
    expect(application.at('/voice/status')).toMatchObject([{ leg: 'child', CallStatus: 'in-progress' }]);
    expect(application.received.every(({ isSigned }) => isSigned)).toBe(true);
  },
  SPEAKING_MS,
);

test('a recording that is stopped before anybody talked is absent', async () => {
  const stop = `<Start><Recording name="a" recordingStatusCallback="/rec" recordingStatusCallbackEvent="absent"/></Start>
    <Stop><Recording name="a"/></Stop><Hangup/>`;
  const { application, recordings } = await placed({ '/voice/inbound': response(stop) });
  expect(recordings).toMatchObject([{ status: 'absent', errorCode: 16_101, media: null }]);
  expect(application.at('/rec')).toMatchObject([{ RecordingStatus: 'absent', ErrorCode: '16101' }]);
});

test('without actionOnEmptyResult a prompt that times out leads to the next verb', async () => {
  const gather = '<Gather action="/never"><Say>Press 1.</Say></Gather><Redirect>/next</Redirect>';
  const answers = { '/voice/inbound': response(gather), '/next': response('<Hangup/>') };
  const { application } = await placed(answers, { consent: 'none' });
  expect(application.received.map(({ path }) => path)).toEqual(['/voice/inbound', '/next', '/webhooks/voice/status']);
});

test.each<[string, Answer, string]>([
  ['an error', { status: 503 }, '11200'],
  ['another content type', { contentType: 'application/json', body: '{}' }, '12300'],
  ['no XML', { body: 'hello' }, '12100'],
  ['too much', { body: `<Response><Say>${'a'.repeat(70_000)}</Say></Response>` }, '11750'],
  ['a loop', response('<Redirect>/voice/inbound</Redirect>'), 'more than 25 TwiML documents'],
  ['a SIP address', response('<Dial><Sip>sip:a@b</Sip></Dial>'), '<Dial> of <Sip> is not simulated'],
  ['no number', response('<Dial>agent</Dial>'), '13223'],
  [
    'an unknown event',
    response('<Start><Recording recordingStatusCallback="/r" recordingStatusCallbackEvent="done"/></Start>'),
    '"done" is unknown',
  ],
])(
  '%s ends the call and is named',
  async (_, answer, problem) => {
    const { application, problems } = await placed({ '/voice/inbound': answer });
    expect(problems).toEqual([expect.stringContaining(problem)]);
    expect(application.at('/webhooks/voice/status').map(({ CallStatus }) => CallStatus)).toEqual(['completed']);
  },
  SPEAKING_MS,
);

test(
  'the user’s own recording is not doubled by one of the TwiML',
  async () => {
    const both = '<Start><Recording recordingStatusCallback="/rec"/></Start><Dial>+14155550142</Dial>';
    const { recordings } = await placed({ '/voice/inbound': response(both) }, { recording: 'always' });
    expect(recordings).toMatchObject([{ source: 'StartCallRecordingAPI' }]);
  },
  SPEAKING_MS,
);
