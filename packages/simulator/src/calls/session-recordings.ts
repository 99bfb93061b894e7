import type { Conversation } from '../speech/conversation.ts';
import { finishRecording, type RecordingOrder, type RunningRecording, startRecording } from './recording.ts';
import type { Session } from './session.ts';

/** Starts a recording that hangs on the caller's leg. */
export async function startOnCall(session: Session, order: RecordingOrder, message?: Conversation): Promise<void> {
  const running = await startRecording(session, order, { callSid: session.leg.sid });
  session.recordings.push(message === undefined ? running : { ...running, message });
  session.recordingSids.push(running.recording.sid);
}

/** Ends one; what it holds is the conversation, or nothing when nobody talked yet. */
export async function finishOnCall(session: Session, running: RunningRecording): Promise<void> {
  if (running.message !== undefined) {
    await finishRecording(session, running, { ...running.message, startedMs: running.startedMs });
    return;
  }
  const { conversation, conversationStartedMs: startedMs } = session;
  await finishRecording(session, running, startedMs === undefined ? undefined : { ...conversation, startedMs });
}
