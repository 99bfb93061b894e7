import {
  createEvent,
  type OnrecordEvent,
  recordingCleared,
  recordingFolder,
  recordingRefused,
  recordingWithheld,
} from '@onrecord/shared/events';
import type { Consented } from './consented.ts';
import { type Decision, standingClearance } from './custody.ts';
import type { RetentionPolicy } from './policy.ts';
import type { Recording } from './recording.ts';
import { type Company, speakersOf } from './speakers.ts';
import { transcriptionOf } from './transcription-policy.ts';

/** What is told of the policy, and of the call: both say who speaks on which channel. */
interface Told extends Pick<RetentionPolicy, 'channelMap' | 'mediaFormat' | 'transcription'>, Company {}

/**
 * What the world is told of a new decision. Waiting is news only where it takes back what was announced before: a
 * participant who joined a cleared conference late turns it back to unknown, and work in flight must stop.
 */
export function decisionEvents(
  recording: Recording,
  decision: Decision,
  previous: Decision | undefined,
  told: Told,
  traceparent?: string,
): OnrecordEvent[] {
  const { clearance } = decision;
  const context = { time: decision.decidedAt.toISOString(), traceparent };
  const common = commonFields(recording, decision, previous);
  switch (clearance.outcome) {
    case 'cleared':
      return [
        createEvent(
          recordingCleared,
          { ...common, continues: decision.continues?.number, ...clearedFields(recording, clearance, told) },
          context,
        ),
      ];
    case 'refused': {
      const deleteAfter = (decision.deleteAfter ?? decision.decidedAt).toISOString();
      return [createEvent(recordingRefused, { ...common, deleteAfter }, context)];
    }
    case 'waiting':
      if (previous === undefined || previous.clearance.outcome === 'waiting') return [];
      return [createEvent(recordingWithheld, { ...common, releasedBy: [...clearance.releasedBy] }, context)];
    case 'withheld':
      return [createEvent(recordingWithheld, { ...common, releasedBy: [...clearance.releasedBy] }, context)];
  }
}

/**
 * Looking one decision back is enough: the decision that follows a clearance is always announced, and it is the one that must
 * stop what the clearance began.
 */
const commonFields = (
  recording: Recording,
  { number, clearance, policy, decidedAt, continues }: Decision,
  previous: Decision | undefined,
) => ({
  accountSid: recording.accountSid,
  recordingSid: recording.recordingSid,
  callSid: recording.callSid,
  conferenceSid: recording.conferenceSid,
  decision: number,
  policy,
  rule: clearance.rule,
  reason: clearance.reason,
  decidedAt: decidedAt.toISOString(),
  ...(continues === undefined ? takenBack(standingClearance(previous), number) : { supersedesClearance: false }),
});

/** Its number is said where it is not that of the decision right before. */
const takenBack = (taken: { number: number } | undefined, number: number) => ({
  supersedesClearance: taken !== undefined,
  ...(taken !== undefined && taken.number !== number - 1 && { supersededClearance: taken.number }),
});

function clearedFields(
  recording: Recording,
  {
    purposes,
    consented,
  }: { purposes: readonly ('store' | 'transcribe')[]; consented?: readonly Consented[] | undefined },
  { channelMap, mediaFormat, transcription, ...company }: Told,
) {
  const speakers = speakersOf(recording, channelMap, company);
  return {
    purposes: [...purposes],
    consented: consented?.map(({ purpose, until }) => ({ purpose, ...(until && { until: until.toISOString() }) })),
    transcription: transcriptionOf(recording, transcription),
    mediaFormat,
    recording: {
      channels: recording.channels,
      durationSeconds: recording.durationSeconds,
      startedAt: startOf(recording).toISOString(),
      recordingSource: recording.recordingSource,
    },
    ...(speakers === undefined ? {} : { speakers: speakers.map(({ channel, role }) => ({ channel, role })) }),
  };
}

/** When the recording began; by its report where Twilio gave no start. Names the date folder, so it must not change. */
const startOf = (recording: Recording): Date => recording.startedAt ?? recording.reportedAt;

/** Where a cleared recording will be stored: the folder that the transcriber derives from the same event. */
export const folderOf = (recording: Recording): string =>
  recordingFolder({ ...recording, startedAt: startOf(recording).toISOString() });
