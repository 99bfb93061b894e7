import { newSid } from '../sids.ts';
import { type Conversation, record } from '../speech/conversation.ts';
import { secondsOf } from '../speech/pcm.ts';
import { writeWav } from '../speech/wav.ts';
import type { RecordingState } from '../twilio/account-state.ts';
import type { WebhookTarget } from '../twilio/prepare-webhook.ts';
import { callbackSpelling, encryptRecording } from '../twilio/recording-encryption.ts';
import { recordingPath } from '../twilio/resources.ts';
import { rfc2822 } from '../twilio/rfc2822.ts';
import type { CallContext, Engine } from './engine.ts';
import { TIMING } from './timing.ts';

export type RecordingEvent = 'in-progress' | 'completed' | 'absent';
export const ALL_RECORDING_EVENTS: readonly RecordingEvent[] = ['in-progress', 'completed', 'absent'];

/** Twilio error 16101: the recording was too short to be kept. */
const TOO_SHORT = 16_101;

export interface RecordingOrder {
  source: 'StartCallRecordingTwiML' | 'RecordVerb' | 'StartCallRecordingAPI' | 'DialVerb' | 'Conference';
  channels: 1 | 2;
  /** `do-not-trim` keeps the silence before the first word. */
  trim: 'trim-silence' | 'do-not-trim';
  callback?: { target: WebhookTarget; events: readonly RecordingEvent[] } | undefined;
  /** What `<Stop><Recording name>` names. */
  name?: string | undefined;
}

/** A recording that is going on. */
export interface RunningRecording {
  order: RecordingOrder;
  recording: RecordingState;
  startedMs: number;
  /** What it holds, where that is not the conversation. */
  message?: Conversation;
}

export async function startRecording(
  context: CallContext,
  order: RecordingOrder,
  of: { callSid: string } | { conferenceSid: string },
): Promise<RunningRecording> {
  const { engine, clock } = context;
  const now = clock.now().toISOString();
  const recording: RecordingState = {
    sid: newSid('RE'),
    accountSid: engine.accountSid,
    callSid: null,
    conferenceSid: null,
    ...of,
    status: 'in-progress',
    source: order.source,
    track: 'both',
    channels: order.channels,
    startTime: now,
    duration: null,
    errorCode: null,
    dateCreated: now,
    dateUpdated: now,
    deletedAt: null,
    media: null,
  };
  await engine.state.saveRecording(recording);
  await tell(context, order, recording);
  return { order, recording, startedMs: clock.elapsedMs() };
}

/** Ends a recording: its media are there some time later, or it is absent when nobody ever spoke. */
export async function finishRecording(
  context: CallContext,
  { order, recording, startedMs }: RunningRecording,
  conversation: (Conversation & { startedMs: number }) | undefined,
): Promise<RecordingState> {
  const { engine, clock } = context;
  const save = async (change: Partial<RecordingState>) => {
    const changed = { ...recording, ...change, dateUpdated: clock.now().toISOString() };
    await engine.state.saveRecording(changed);
    return changed;
  };
  await save({ status: 'processing' });
  await clock.pass(TIMING.recordingProcessingMs);
  let finished: RecordingState;
  if (conversation === undefined) {
    finished = await save({ status: 'absent', errorCode: TOO_SHORT });
  } else {
    const silenceMs = order.trim === 'do-not-trim' ? Math.max(0, conversation.startedMs - startedMs) : 0;
    const wav = record(conversation, order.channels, silenceMs);
    wav.script.recordingSid = recording.sid;
    const kept = await keepMedia(engine, recording.sid, writeWav(wav));
    const duration = Math.round(secondsOf(wav.samples.length / order.channels));
    finished = await save({ status: 'completed', duration, ...kept });
  }
  await tell(context, order, finished);
  return finished;
}

async function keepMedia({ state, recordingEncryption }: Engine, sid: string, wav: Buffer) {
  const by = recordingEncryption();
  if (by === undefined) return { media: await state.writeMedia(sid, wav) };
  const { encrypted, key } = encryptRecording(wav, by);
  return { media: await state.writeMedia(sid, wav, encrypted), encryption: key };
}

async function tell(context: CallContext, order: RecordingOrder, recording: RecordingState): Promise<void> {
  const { callback } = order;
  if (!callback?.events.some((event) => event === recording.status)) return;
  await context.requests.tell('recording', callback.target, recordingParameters(context, recording));
}

/** Source: Twilio "Recordings resource", "Recording status callback parameters"; the order is that of its sample. */
function recordingParameters({ engine }: CallContext, recording: RecordingState): (readonly [string, string])[] {
  const { sid, accountSid, callSid, conferenceSid, duration, encryption } = recording;
  return [
    ['RecordingSource', recording.source],
    ['RecordingTrack', recording.track],
    ['RecordingSid', sid],
    ['RecordingUrl', engine.apiUrl() + recordingPath(recording)],
    ['RecordingStatus', recording.status],
    ['RecordingChannels', String(recording.channels)],
    ['ErrorCode', String(recording.errorCode ?? 0)],
    callSid === null ? ['ConferenceSid', conferenceSid ?? ''] : ['CallSid', callSid],
    ['RecordingStartTime', rfc2822(new Date(recording.startTime))],
    ['AccountSid', accountSid],
    ...(duration === null ? [] : [['RecordingDuration', String(duration)] as const]),
    ...(encryption === undefined ? [] : [['EncryptionDetails', callbackSpelling(encryption)] as const]),
  ];
}
