import type { Consent } from '../domain/consent.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import type { ClearanceFacts } from '../domain/decide-clearance.ts';
import { builtInPolicy } from '../domain/policy.ts';
import type { Recording } from '../domain/recording.ts';

/** What the domain's tests speak in: SIDs by letter, moments by minute. */
export const sid = (prefix: string, letter: string) => `${prefix}${letter.repeat(32)}`;
export const minute = (count: number) => new Date(Date.UTC(2026, 2, 1, 10, count));

const ACCOUNT = sid('AC', '0');
export const CALL = sid('CA', 'a');
export const CHILD = sid('CA', 'b');
export const CONFERENCE = sid('CF', 'c');
const RECORDING = sid('RE', 'd');

export const policy = builtInPolicy({
  consentMode: 'explicit',
  gracePeriodMs: 60 * 60_000,
  conferenceSettleMs: 30_000,
  refusalDeletionDelayMs: 24 * 3_600_000,
  retentionPeriodMs: 30 * 86_400_000,
  channelMap: { order: 'parent-first', bySource: new Map() },
  transcription: { provider: 'deepgram', options: {}, canDiarize: true, fallback: undefined },
});

export const recording = (fields: Partial<Recording> = {}): Recording => ({
  accountSid: ACCOUNT,
  recordingSid: RECORDING,
  callSid: CALL,
  status: 'completed',
  channels: 2,
  durationSeconds: 42,
  startedAt: minute(-5),
  recordingSource: 'StartCallRecordingTwiML',
  reportedAt: minute(0),
  learnedAt: minute(0),
  ...fields,
});

export const conferenceRecording = (fields: Partial<Recording> = {}): Recording =>
  recording({ callSid: undefined, conferenceSid: CONFERENCE, channels: 1, recordingSource: 'Conference', ...fields });

/** The caller's answer on the call, unless said otherwise; its time is its place in the test. */
export function answer(
  outcome: Consent['outcome'],
  fields: Partial<Omit<Consent, 'outcome' | 'recordedAt'>> & { at?: number } = {},
): Consent {
  const { at = -4, ...rest } = fields;
  const party = rest.party ?? 'caller';
  return {
    ...(rest.conferenceSid === undefined ? { callSid: CALL } : {}),
    purposes: ['record', 'transcribe'],
    method: 'key-press',
    ...rest,
    party,
    outcome,
    recordedAt: minute(at),
    consentId: rest.consentId ?? `consent:${rest.callSid ?? rest.conferenceSid ?? CALL}:${party}:${outcome}:${at}`,
  };
}

/** Nothing is known of where anybody is. */
const nowhere: Pick<ClearanceFacts, 'parties' | 'places'> = {
  parties: [],
  places: { requirement: 'all-party', version: '2026-01-01' },
};

export const callFacts = (consents: readonly Consent[] = [], fields: Partial<ClearanceFacts> = {}): ClearanceFacts => ({
  recording: recording(),
  legs: [CALL],
  participants: [],
  consents,
  unread: [],
  ...nowhere,
  ...fields,
});

export const conferenceFacts = (
  participants: readonly string[],
  consents: readonly Consent[] = [],
  fields: Partial<ClearanceFacts> = {},
): ClearanceFacts => ({
  recording: conferenceRecording(),
  legs: [],
  participants,
  consents,
  unread: [],
  ...nowhere,
  ...fields,
});

export const entryOf = (facts: ClearanceFacts, fields: Partial<RecordingEntry> = {}): RecordingEntry => ({
  facts,
  ...fields,
});
