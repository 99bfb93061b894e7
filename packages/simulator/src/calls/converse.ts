import { ALL_RECORDING_EVENTS, type RecordingOrder } from './recording.ts';
import type { Session } from './session.ts';
import { startOnCall } from './session-recordings.ts';

/** Everybody says what the script has. With `recording: 'always'` the user's own recording runs meanwhile. */
export async function converse(session: Session): Promise<void> {
  if (session.conversationStartedMs !== undefined) return;
  if (session.recording === 'always') await startOnCall(session, ownRecording(session));
  session.conversationStartedMs = session.clock.elapsedMs();
  await session.clock.pass(session.conversation.durationMs);
}

/** As an application starts it by Twilio's REST API, asking for every callback. */
const ownRecording = ({ engine }: Session): RecordingOrder => ({
  source: 'StartCallRecordingAPI',
  channels: 2,
  trim: 'do-not-trim',
  callback: {
    target: { url: engine.applicationUrl('/webhooks/recording'), method: 'POST' },
    events: ALL_RECORDING_EVENTS,
  },
});
