import { describe, expect, it } from 'vitest';
import { answer, callFacts, conferenceFacts, entryOf, minute, policy, recording, sid } from '../testing/given.ts';
import { decide } from './decide.ts';
import type { ClearanceFacts } from './decide-clearance.ts';
import { decisionEvents, folderOf } from './decision-events.ts';
import { evolveRecording } from './recording.ts';

function eventFor(facts: ClearanceFacts) {
  const decision = decide(entryOf(facts), policy, minute(1));
  if (decision === undefined) throw new Error('nothing was decided');
  return decisionEvents(facts.recording, decision, undefined, policy, '00-1-2-01')[0];
}

describe('a cleared event', () => {
  it('carries all that the transcriber needs, since it has no database', () => {
    expect(eventFor(callFacts([answer('granted')]))).toMatchObject({
      id: `decision:${recording().recordingSid}:1`,
      traceparent: '00-1-2-01',
      data: {
        purposes: ['store', 'transcribe'],
        transcription: {},
        recording: {
          channels: 2,
          durationSeconds: 42,
          startedAt: minute(-5).toISOString(),
          recordingSource: 'StartCallRecordingTwiML',
        },
        speakers: [
          { channel: 0, role: 'caller' },
          { channel: 1, role: 'called' },
        ],
      },
    });
  });

  const consented = [answer('granted', { callSid: sid('CA', '1') })];
  it.each([
    ['a mono call', callFacts([answer('granted')], { recording: recording({ channels: 1 }) }), {}],
    ['a conference', conferenceFacts([sid('CA', '1')], consented), {}],
    [
      'a conference on two channels',
      conferenceFacts([sid('CA', '1')], consented, {
        recording: recording({ channels: 2, conferenceSid: sid('CF', '1') }),
      }),
      { diarize: true },
    ],
  ])(
    'names no speakers of %s, and asks for voices where several channels tell nobody apart',
    (_, facts, transcription) => {
      const data = eventFor(facts)?.data;
      expect(data).toHaveProperty('transcription', transcription);
      expect(data).not.toHaveProperty('speakers');
    },
  );

  it('names the moment of the report where Twilio gave no start, and the folder follows it', () => {
    const unstarted = recording({ startedAt: undefined, reportedAt: minute(3) });
    const facts = callFacts([answer('granted')], { recording: unstarted });
    expect(eventFor(facts)?.data).toMatchObject({ recording: { startedAt: minute(3).toISOString() } });
    expect(folderOf(unstarted)).toMatch(/^AC0+\/2026\/03\/01\/CAa+\/REd+\/$/);
  });
});

// The clearance may wait in a retry topic: what replaces it must be known to take it back.
it.each([
  ['a refusal', callFacts([answer('granted'), answer('refused', { at: 2 })]), 'refused'],
  [
    'a refusal of transcription alone',
    callFacts([answer('granted'), answer('refused', { at: 2, purposes: ['transcribe'] })]),
    'cleared',
  ],
] as const)('%s after a clearance says that it takes it back', (_, facts, outcome) => {
  const first = decide(entryOf(callFacts([answer('granted')])), policy, minute(1));
  const second = decide(entryOf(facts, { decision: first }), policy, minute(3));
  if (first === undefined || second === undefined) throw new Error('nothing was decided');
  const [cleared] = decisionEvents(facts.recording, first, undefined, policy);
  const [event] = decisionEvents(facts.recording, second, first, policy);
  expect(cleared?.data).toMatchObject({ supersedesClearance: false });
  expect(event).toMatchObject({ type: `onrecord.recording.${outcome}.v1`, data: { supersedesClearance: true } });
});

it('a refusal that follows no clearance says so: nothing of the recording was ever stored', () => {
  expect(eventFor(callFacts([answer('refused')]))?.data).toMatchObject({ supersedesClearance: false });
});

// A late report with another date moved the folder of a recording without a start away from where its objects were.
it('names one folder whatever Twilio reports after completed, in any order', () => {
  const completed = recording({ startedAt: undefined, reportedAt: new Date('2026-03-01T23:59:00Z') });
  const failed = { ...completed, status: 'failed', reportedAt: new Date('2026-03-02T00:01:00Z') };
  const gone = { ...completed, status: 'deleted', reportedAt: new Date('2026-03-03T00:01:00Z') };
  for (const [a, b, c] of [
    [completed, failed, gone],
    [gone, completed, failed],
    [failed, gone, completed],
  ] as const) {
    expect(folderOf(evolveRecording(evolveRecording(a, b), c))).toBe(folderOf(completed));
  }
});

it('a refused event says until when the refusal can be undone', () => {
  expect(eventFor(callFacts([answer('refused')]))).toMatchObject({
    type: 'onrecord.recording.refused.v1',
    data: { deleteAfter: minute(1 + 1440).toISOString(), rule: 'any-party-refuses' },
  });
});

describe('what a cleared recording is transcribed with', () => {
  const conference = conferenceFacts([sid('CA', '1')], [answer('granted', { callSid: sid('CA', '1') })], {
    recording: recording({ channels: 2, conferenceSid: sid('CF', '1') }),
  });
  const transcriptionOf = (transcription: typeof policy.transcription) => {
    const decision = decide(entryOf(conference), policy, minute(1));
    if (decision === undefined) throw new Error('nothing was decided');
    const [event] = decisionEvents(conference.recording, decision, undefined, { ...policy, transcription });
    return event?.data;
  };

  it('names the format of the archive where the policy has one', () => {
    const told = (mediaFormat?: 'mp3') => {
      const decision = decide(entryOf(conference), policy, minute(1));
      if (decision === undefined) throw new Error('nothing was decided');
      return decisionEvents(conference.recording, decision, undefined, { ...policy, mediaFormat })[0]?.data;
    };
    expect(told('mp3')).toMatchObject({ mediaFormat: 'mp3' });
    expect(told()).not.toHaveProperty('mediaFormat', expect.anything());
  });

  it('is what the policy says, for each provider apart', () => {
    const options = { language: 'en', redact: ['pci'], diarize: false };
    const fallback = { provider: 'openai-compatible', options: { model: 'small' } };
    const policy = { provider: 'deepgram', options, canDiarize: true, fallback: { ...fallback, canDiarize: false } };
    expect(transcriptionOf(policy)).toHaveProperty('transcription', { ...options, fallback });
  });

  // A conference on two channels was a dead letter for a provider that nobody had asked to tell voices apart.
  it('is no wish for voices where the provider cannot tell them apart', () => {
    const data = transcriptionOf({
      provider: 'openai-compatible',
      options: {},
      canDiarize: false,
      fallback: undefined,
    });
    expect(data).toMatchObject({ transcription: {} });
    expect(data).not.toHaveProperty('transcription.diarize');
  });
});
