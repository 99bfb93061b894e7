import { expect, test } from 'vitest';
import type { CallScript } from './call-script.ts';
import { demoCalls } from './demo-calls.ts';
import { ACCOUNT_SID, AUTH_TOKEN, startApplication } from './testing/application.ts';
import { startConsentApplication } from './testing/consent-application.ts';
import { simulate } from './testing/simulated.ts';

const SPEAKING_MS = 60_000;
const short = (change: Partial<CallScript> = {}): CallScript =>
  ({ ...demoCalls.consentGranted, utterances: [{ party: 'caller', text: 'Hello.' }], ...change }) as CallScript;
const steps = (calls: Record<string, string>[]) => calls.map((each) => `${each.Direction} ${each.CallStatus}`);

test(
  'a caller who presses 1 is connected and recorded, and every leg and the recording are reported',
  async () => {
    const application = await startConsentApplication();
    const simulator = await simulate(application);
    const placed = await simulator.placeCall(demoCalls.consentGranted);

    expect(application.received.filter(({ isSigned }) => !isSigned)).toEqual([]);
    expect(application.at('/voice/consent').map(({ Digits }) => Digits)).toEqual(['1']);
    expect(steps(application.at('/webhooks/voice/status'))).toEqual([
      'outbound-dial initiated',
      'outbound-dial ringing',
      'outbound-dial in-progress',
      'outbound-dial completed',
      'inbound completed',
    ]);
    const [started, completed] = application.at('/webhooks/recording');
    expect(started).toMatchObject({ RecordingStatus: 'in-progress', RecordingSource: 'StartCallRecordingTwiML' });
    expect(started).not.toHaveProperty('RecordingDuration');
    expect(completed).toMatchObject({
      AccountSid: ACCOUNT_SID,
      CallSid: placed.callSid,
      RecordingSid: placed.recordingSid,
      RecordingStatus: 'completed',
      RecordingChannels: '2',
      ErrorCode: '0',
      RecordingDuration: String(simulator.recordings.get(placed.recordingSid ?? '')?.duration),
    });
    expect(placed.problems).toEqual([]);
  },
  SPEAKING_MS,
);

test(
  'a child leg names its parent, counts from 0 and ends with a SIP response',
  async () => {
    const application = await startConsentApplication();
    const placed = await (await simulate(application)).placeCall(short());
    const child = application.at('/webhooks/voice/status').filter(({ ParentCallSid }) => ParentCallSid);
    expect(child.map(({ SequenceNumber }) => SequenceNumber)).toEqual(['0', '1', '2', '3']);
    expect(new Set(child.map(({ CallSid }) => CallSid))).toEqual(new Set([placed.callSids[1]]));
    expect(child.at(-1)).toMatchObject({ ParentCallSid: placed.callSid, SipResponseCode: '200' });
  },
  SPEAKING_MS,
);

test('parameters come in the order of Twilio’s own requests', async () => {
  const application = await startConsentApplication();
  await (await simulate(application)).placeCall(demoCalls.busy);
  expect(Object.keys(application.at('/webhooks/voice/status').at(-1) ?? {}).join(' ')).toBe(
    'Called ToState CallerCountry Direction Timestamp CallbackSource SipResponseCode CallerState ToZip SequenceNumber ' +
      'CallSid To CallerZip ToCountry CalledZip ApiVersion CalledCity CallStatus Duration CallDuration From AccountSid ' +
      'CalledCountry CallerCity Caller FromCountry ToCity FromCity CalledState FromZip FromState',
  );
});

test('a busy call is reported as such, asks for no TwiML and leaves no recording', async () => {
  const application = await startConsentApplication();
  const simulator = await simulate(application);
  const placed = await simulator.placeCall(demoCalls.busy);
  expect(steps(application.at('/webhooks/voice/status'))).toEqual([
    'outbound-api initiated',
    'outbound-api ringing',
    'outbound-api busy',
  ]);
  expect(application.at('/webhooks/voice/status').at(-1)).toMatchObject({ SipResponseCode: '486', CallDuration: '0' });
  expect(application.at('/voice/inbound')).toEqual([]);
  expect(placed.recordingSid).toBeUndefined();
  expect(simulator.recordings.list()).toEqual([]);
});

test.each(['busy', 'no-answer', 'failed', 'canceled'] as const)('an inbound call can end %s', async (outcome) => {
  const application = await startConsentApplication();
  const placed = await (await simulate(application)).placeCall(short({ outcome }));
  expect(application.at('/webhooks/voice/status').map(({ CallStatus }) => CallStatus)).toEqual([outcome]);
  expect(placed.recordingSid).toBeUndefined();
});

test(
  'a refusal presses 2, and the user’s own recording is reported all the same',
  async () => {
    const application = await startConsentApplication();
    const placed = await (await simulate(application)).placeCall(demoCalls.consentRefused);
    expect(application.at('/voice/consent').map(({ Digits }) => Digits)).toEqual(['2']);
    expect(application.at('/webhooks/recording')).toMatchObject([
      { RecordingStatus: 'in-progress', RecordingSource: 'StartCallRecordingAPI' },
      { RecordingStatus: 'completed', RecordingSid: placed.recordingSid },
    ]);
  },
  SPEAKING_MS,
);

test(
  'a caller who presses nothing lets the prompt time out with empty digits',
  async () => {
    const application = await startConsentApplication();
    await (await simulate(application)).placeCall(short({ consent: 'none', recording: 'none' }));
    expect(application.at('/voice/consent').map(({ Digits }) => Digits)).toEqual(['']);
    expect(application.at('/webhooks/recording')).toEqual([]);
  },
  SPEAKING_MS,
);

test(
  'where the voice URL answers 404, the user’s own TwiML takes the call',
  async () => {
    const application = await startApplication({ '/voice/inbound': { status: 404 } });
    const placed = await (await simulate(application)).placeCall(short({ recording: 'always' }));
    expect(application.at('/webhooks/recording').at(-1)).toMatchObject({ RecordingStatus: 'completed' });
    expect(placed.problems).toEqual([]);
  },
  SPEAKING_MS,
);

test(
  'callbacks can come twice and the last one first',
  async () => {
    const application = await startConsentApplication();
    await (await simulate(application)).placeCall(short({ callbacks: 'twice-and-reordered' }));
    expect(application.at('/webhooks/recording').map(({ RecordingStatus }) => RecordingStatus)).toEqual([
      'completed',
      'in-progress',
      'completed',
      'in-progress',
    ]);
    expect(steps(application.at('/webhooks/voice/status')).slice(0, 5)).toEqual([
      'inbound completed',
      'outbound-dial completed',
      'outbound-dial in-progress',
      'outbound-dial ringing',
      'outbound-dial initiated',
    ]);
    expect(application.at('/webhooks/voice/status')).toHaveLength(10);
  },
  SPEAKING_MS,
);

test(
  'a conference asks each participant for consent and has one mono recording of its own',
  async () => {
    const application = await startConsentApplication();
    const simulator = await simulate(application);
    const placed = await simulator.placeCall(demoCalls.conference);
    expect(application.at('/voice/consent').map(({ Digits }) => Digits)).toEqual(['1', '1', '1']);
    expect(application.at('/webhooks/conference').map((each) => each.StatusCallbackEvent)).toEqual([
      'participant-join',
      'participant-join',
      'conference-start',
      'participant-join',
      'participant-leave',
      'participant-leave',
      'participant-leave',
      'conference-end',
    ]);
    expect(application.at('/webhooks/conference').map(({ SequenceNumber }) => Number(SequenceNumber))).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ]);
    const completed = application.at('/webhooks/recording').at(-1);
    expect(completed).toMatchObject({ ConferenceSid: placed.conferenceSid, RecordingChannels: '1' });
    const list = `${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Conferences.json`;
    const headers = { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` };
    const listed = async (query: string) => (await (await fetch(`${list}?${query}`, { headers })).json()) as object;
    expect(await listed('Status=completed&DateUpdated>=2020-01-01')).toMatchObject({
      conferences: [{ sid: placed.conferenceSid, status: 'completed' }],
    });
    expect(await listed('Status=in-progress')).toMatchObject({ conferences: [] });
    expect(completed).not.toHaveProperty('CallSid');
    expect(placed.callSids).toHaveLength(3);
    expect(application.received.every(({ isSigned }) => isSigned)).toBe(true);
  },
  SPEAKING_MS,
);

test(
  'what was said is what Deepgram’s look-alike hears in the media that Twilio’s serves',
  async () => {
    const simulator = await simulate(await startConsentApplication());
    const { recordingSid } = await simulator.placeCall(demoCalls.consentGranted);
    const media = await fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}/Recordings/${recordingSid}.wav`, {
      headers: { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` },
    });
    const answer = await fetch(`${simulator.url}/v1/listen?multichannel=true&utterances=true&punctuate=true`, {
      method: 'POST',
      headers: { authorization: 'Token any' },
      body: await media.arrayBuffer(),
    });
    const { results } = (await answer.json()) as { results: { utterances: { channel: number; transcript: string }[] } };
    expect(results.utterances.map(({ channel, transcript }) => ({ channel, transcript }))).toEqual(
      demoCalls.consentGranted.utterances.map(({ party, text }) => ({
        channel: party === 'caller' ? 0 : 1,
        transcript: text,
      })),
    );
    expect(simulator.deepgram.requests).toMatchObject([
      { recordingSid, sha256: simulator.recordings.get(recordingSid ?? '')?.media?.sha256, outcome: 'answered' },
    ]);
  },
  SPEAKING_MS,
);

test('connection overrides of the account carry a call over a restart of the application', async () => {
  let asked = 0;
  const application = await startConsentApplication({
    '/webhooks/voice/status': () => {
      asked += 1;
      return { status: asked === 1 ? 503 : 204 };
    },
  });
  const simulator = await simulate(application, { connectionOverrides: 'rc=5&rp=all' });
  const { deliveries } = await simulator.placeCall(demoCalls.busy);
  expect(deliveries.map(({ attempts, status }) => [attempts, status])).toEqual([
    [2, 204],
    [1, 204],
    [1, 204],
  ]);
});

test(
  'no time that is reported lies in the future, and a call lasts as long as its conversation',
  async () => {
    const simulator = await simulate(await startConsentApplication());
    await Promise.all([simulator.placeCall(demoCalls.consentGranted), simulator.placeCall(demoCalls.conference)]);
    const callers = simulator.calls.list().filter(({ direction }) => direction === 'inbound');
    for (const call of callers) {
      expect(Date.parse(call.endTime ?? '')).toBeLessThanOrEqual(Date.now());
      expect(call.duration).toBeGreaterThan(8);
    }
  },
  SPEAKING_MS,
);

test(
  'fifty calls at once are each reported whole',
  async () => {
    const application = await startConsentApplication();
    const simulator = await simulate(application);
    const placed = await Promise.all(Array.from({ length: 50 }, () => simulator.placeCall(short())));
    expect(new Set(placed.map(({ recordingSid }) => recordingSid)).size).toBe(50);
    expect(
      placed.flatMap(({ deliveries }) => deliveries.filter(({ status }) => status !== 200 && status !== 204)),
    ).toEqual([]);
    expect(simulator.recordings.list().every(({ status }) => status === 'completed')).toBe(true);
  },
  SPEAKING_MS,
);

test(
  'what cannot be carried out is named, and the call ends',
  async () => {
    const body = '<Response><Enqueue>support</Enqueue></Response>';
    const application = await startApplication({ '/voice/inbound': { body } });
    const placed = await (await simulate(application)).placeCall(short());
    expect(placed.problems).toEqual([
      '<Enqueue> is not simulated; known are Gather, Say, Pause, Start, Stop, Dial, Record, Hangup, Redirect',
    ]);
    expect(application.at('/webhooks/voice/status').map(({ CallStatus }) => CallStatus)).toEqual(['completed']);
  },
  SPEAKING_MS,
);

test('a script with a speaker who is not there is refused by name', async () => {
  const simulator = await simulate(await startApplication());
  const script = short({ utterances: [{ party: 'ghost', text: 'Boo.' }] });
  await expect(simulator.placeCall(script)).rejects.toThrow('nobody of this call is named \\"ghost\\"');
});

test(
  'a stopped simulator ends its calls, and leaves nothing running',
  async () => {
    const simulator = await simulate(await startConsentApplication(), { speed: 1 });
    const placing = simulator.placeCall(short());
    await Promise.all([expect(placing).rejects.toThrow(), simulator.stop()]);
  },
  SPEAKING_MS,
);
