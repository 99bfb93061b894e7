import { finishRecording, type RecordingOrder, type RunningRecording, startRecording } from './recording.ts';
import type { Session } from './session.ts';

/** Starts a recording that hangs on the caller's leg. */
export async function startOnCall(session: Session, order: RecordingOrder): Promise<void> {
  const running = await startRecording(session, order, { callSid: session.leg.sid });
  session.recordings.push(running);
  session.recordingSids.push(running.recording.sid);
}

/** Ends one; what it holds is the conversation, or nothing when nobody talked yet. */
export async function finishOnCall(session: Session, running: RunningRecording): Promise<void> {
  const { conversation, conversationStartedMs: startedMs } = session;
  await finishRecording(session, running, startedMs === undefined ? undefined : { ...conversation, startedMs });
}
