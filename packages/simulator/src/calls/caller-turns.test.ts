import { expect, test } from 'vitest';
import type { CallScript } from '../call-script.ts';
import { type Answer, type Received, startApplication } from '../testing/application.ts';
import { simulate } from '../testing/simulated.ts';

const SPEAKING_MS = 60_000;
const response = (content: string): Answer => ({ body: `<Response>${content}</Response>` });

/** What becomes of a call whose application answers this. */
async function placed(answers: Record<string, Answer | ((request: Received) => Answer)>, change: object) {
  const application = await startApplication(answers);
  const simulator = await simulate(application);
  const result = await simulator.placeCall({
    kind: 'inbound-call',
    from: '+14155550101',
    to: '+14155550199',
    parties: [{ name: 'caller', voice: 'kal', channel: 0 }],
    utterances: [{ party: 'caller', text: 'Hello.' }],
    ...change,
  } as CallScript);
  return { application, recordings: simulator.recordings.list(), problems: result.problems };
}

test('a caller presses, speaks and is silent in turn, and nothing more after that', async () => {
  const gather = (input: string) =>
    response(`<Gather input="${input}" language="en-GB" numDigits="1" actionOnEmptyResult="true" action="/menu"/>`);
  let asked = 0;
  const { application } = await placed(
    { '/voice/inbound': gather('dtmf speech'), '/menu': () => (++asked < 5 ? gather('dtmf speech') : response('')) },
    { atPrompts: [{ press: '12' }, { say: 'sales, please', confidence: 0.5 }, { silence: true }, { press: '#' }] },
  );
  const heard = application
    .at('/menu')
    .map(({ Digits, SpeechResult, Confidence }) => [Digits, SpeechResult, Confidence]);
  expect(heard).toEqual([
    ['1', undefined, undefined],
    [undefined, 'sales, please', '0.5'],
    ['', undefined, undefined],
    ['#', undefined, undefined],
    ['', undefined, undefined],
  ]);
});

test('who speaks where only keys are listened to is not heard', async () => {
  const gather = response('<Gather action="/menu" actionOnEmptyResult="true"/>');
  const { application } = await placed(
    { '/voice/inbound': gather, '/menu': response('') },
    { atPrompts: [{ say: 'yes' }] },
  );
  expect(application.at('/menu')).toMatchObject([{ Digits: '' }]);
  expect(application.at('/menu')[0]).not.toHaveProperty('SpeechResult');
});

test.each([
  ['busy', '486'],
  ['no-answer', '480'],
  ['failed', '404'],
  ['canceled', '487'],
])('a number that is %s is told to the action and to the leg’s own callback', async (status, sipResponseCode) => {
  const dial = `<Dial action="/after"><Number statusCallback="/leg">+14155550142</Number></Dial>`;
  const { application } = await placed(
    { '/voice/inbound': response(dial), '/after': response('') },
    { dials: [status] },
  );
  const [after] = application.at('/after');
  expect(after).toMatchObject({ DialCallStatus: status, DialBridged: 'false' });
  expect(application.at('/leg')).toMatchObject([
    { CallSid: after?.DialCallSid, CallStatus: status, SipResponseCode: sipResponseCode },
  ]);
});

const RECORD = '<Record action="/left" recordingStatusCallback="/rec" maxLength="60"/><Redirect>/silent</Redirect>';
const voicemail = { '/voice/inbound': response(RECORD), '/left': response(''), '/silent': response('') };

test(
  'a message is recorded on one channel, told to the action, and is there some time later',
  async () => {
    const { application, recordings } = await placed(voicemail, { message: 'Please call me back.' });
    expect(recordings).toMatchObject([{ source: 'RecordVerb', channels: 1, status: 'completed' }]);
    const [recording] = recordings;
    expect(application.at('/left')).toMatchObject([
      {
        RecordingSid: recording?.sid,
        RecordingUrl: expect.stringMatching(new RegExp(`/Recordings/${recording?.sid}$`)),
      },
    ]);
    expect(application.at('/rec')).toMatchObject([{ RecordingSid: recording?.sid, RecordingStatus: 'completed' }]);
  },
  SPEAKING_MS,
);

test('silence after the tone leaves no message, and the next verb follows', async () => {
  const { application, recordings } = await placed(voicemail, {});
  expect([recordings, application.at('/left'), application.at('/silent').length]).toEqual([[], [], 1]);
});
