import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createJsonFolder } from './json-folder.ts';
import type { MessageState } from './message-state.ts';
import type { WrappedKey } from './recording-encryption.ts';
import { writeWhole } from './write-whole.ts';

type CallStatus = 'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

/** A call leg as Twilio keeps it. Dates are ISO 8601; durations whole seconds. */
export interface CallState {
  sid: string;
  accountSid: string;
  parentCallSid: string | null;
  from: string;
  to: string;
  direction: 'inbound' | 'outbound-api' | 'outbound-dial';
  status: CallStatus;
  startTime: string | null;
  endTime: string | null;
  duration: number | null;
  dateCreated: string;
  dateUpdated: string;
}

type RecordingStatus = 'in-progress' | 'processing' | 'completed' | 'absent' | 'deleted';

export interface RecordingState {
  sid: string;
  accountSid: string;
  callSid: string | null;
  conferenceSid: string | null;
  status: RecordingStatus;
  source: string;
  track: 'both';
  channels: 1 | 2;
  startTime: string;
  /** Whole seconds, once completed. */
  duration: number | null;
  errorCode: number | null;
  dateCreated: string;
  dateUpdated: string;
  /** When its media were deleted. */
  deletedAt: string | null;
  /** Of the media as they are served without `RequestedChannels`; of encrypted ones, of the WAV that was encrypted. */
  media: { bytes: number; sha256: string } | null;
  /** The media are kept and served encrypted. */
  encryption?: WrappedKey | undefined;
}

export interface ConferenceState {
  sid: string;
  accountSid: string;
  friendlyName: string;
  status: 'in-progress' | 'completed';
  dateCreated: string;
  dateUpdated: string;
}

/** An error or a warning in Twilio's debugger. */
export interface AlertState {
  sid: string;
  accountSid: string;
  /** What it is about, such as a call leg. */
  resourceSid: string;
  level: 'ERROR' | 'WARNING';
  errorCode: string;
  moreInfo: Readonly<Record<string, string>>;
  dateCreated: string;
}

/** What Twilio would remember of one account, in memory and in a folder, so that a restart still has it. */
export interface AccountState {
  calls(): CallState[];
  call(sid: string): CallState | undefined;
  saveCall(call: CallState): Promise<void>;
  removeCall(sid: string): Promise<void>;
  conferences(): ConferenceState[];
  saveConference(conference: ConferenceState): Promise<void>;
  recordings(): RecordingState[];
  recording(sid: string): RecordingState | undefined;
  saveRecording(recording: RecordingState): Promise<void>;
  alerts(): AlertState[];
  saveAlert(alert: AlertState): Promise<void>;
  messages(): MessageState[];
  message(sid: string): MessageState | undefined;
  saveMessage(message: MessageState): Promise<void>;
  /** Keeps the WAV, or what it became by encryption, and describes the WAV. */
  writeMedia(sid: string, wav: Buffer, kept?: Buffer): Promise<{ bytes: number; sha256: string }>;
  /** @throws Error when there are no media */
  readMedia(sid: string): Promise<Buffer>;
  deleteMedia(sid: string): Promise<void>;
  /** Since this process first saved the call, conference, recording, alert or message, in milliseconds; infinite for what was there before. */
  ageMs(sid: string): number;
}

export async function openAccountState(dataDir: string): Promise<AccountState> {
  const media = join(dataDir, 'recordings');
  await mkdir(media, { recursive: true });
  const calls = await createJsonFolder<CallState>(join(dataDir, 'calls'));
  const recordings = await createJsonFolder<RecordingState>(media);
  const alerts = await createJsonFolder<AlertState>(join(dataDir, 'alerts'));
  const messages = await createJsonFolder<MessageState>(join(dataDir, 'messages'));
  const conferences = await createJsonFolder<ConferenceState>(join(dataDir, 'conferences'));
  await closeInterrupted(calls, recordings, conferences);
  const bornAt = new Map<string, number>();
  const saving =
    <T extends { sid: string }>(folder: Folder<T>) =>
    (item: T): Promise<void> => {
      if (!bornAt.has(item.sid)) bornAt.set(item.sid, performance.now());
      return folder.save(item);
    };
  const wavOf = (sid: string) => join(media, `${sid}.wav`);
  return {
    calls: calls.all,
    call: calls.get,
    saveCall: saving(calls),
    removeCall: calls.remove,
    conferences: conferences.all,
    saveConference: saving(conferences),
    recordings: recordings.all,
    recording: recordings.get,
    saveRecording: saving(recordings),
    alerts: alerts.all,
    saveAlert: saving(alerts),
    messages: messages.all,
    message: messages.get,
    saveMessage: saving(messages),
    async writeMedia(sid, wav, kept = wav) {
      await writeWhole(wavOf(sid), kept);
      return { bytes: wav.length, sha256: createHash('sha256').update(wav).digest('hex') };
    },
    readMedia: (sid) => readFile(wavOf(sid)),
    deleteMedia: (sid) => rm(wavOf(sid), { force: true }),
    ageMs: (sid) => performance.now() - (bornAt.get(sid) ?? Number.NEGATIVE_INFINITY),
  };
}

type Folder<T> = Awaited<ReturnType<typeof createJsonFolder<T & { sid: string }>>>;

/** Calls that were going on when the simulator was ended did not survive it. */
async function closeInterrupted(
  calls: Folder<CallState>,
  recordings: Folder<RecordingState>,
  conferences: Folder<ConferenceState>,
): Promise<void> {
  for (const conference of conferences.all()) {
    if (conference.status === 'in-progress') await conferences.save({ ...conference, status: 'completed' });
  }
  for (const call of calls.all()) {
    if (['queued', 'ringing', 'in-progress'].includes(call.status)) await calls.save({ ...call, status: 'failed' });
  }
  for (const recording of recordings.all()) {
    if (['in-progress', 'processing'].includes(recording.status)) {
      await recordings.save({ ...recording, status: 'absent' });
    }
  }
}
