import { type TwimlElement, TwimlError } from '../twilio/twiml.ts';
import { recordingCallback } from './callback-attributes.ts';
import type { Session } from './session.ts';
import { finishOnCall, startOnCall } from './session-recordings.ts';

/** `<Start><Recording/></Start>`. Source: Twilio "TwiML Voice: Recording": channels dual and trim-silence by default. */
export async function startVerb(session: Session, { children }: TwimlElement, documentUrl: string): Promise<undefined> {
  const { attributes } = onlyRecording('Start', children);
  const { channels = 'dual', trim = 'trim-silence', track = 'both', name } = attributes;
  if (track !== 'both') throw new TwimlError(`<Recording track="${track}"> is not simulated; known is both`);
  // The user's own recording is on already, or the script forbids any.
  if (session.recording !== 'by-twiml') return;
  const order = {
    source: 'StartCallRecordingTwiML',
    channels: channels === 'mono' ? 1 : 2,
    trim: trim === 'do-not-trim' ? 'do-not-trim' : 'trim-silence',
    callback: recordingCallback(attributes, documentUrl),
    name,
  } as const;
  await startOnCall(session, order);
}

/** `<Stop><Recording name/></Stop>`; without a name, the last one that was started. */
export async function stopVerb(session: Session, { children }: TwimlElement): Promise<undefined> {
  const { attributes } = onlyRecording('Stop', children);
  const index = session.recordings.findLastIndex(
    ({ order }) => attributes.name === undefined || order.name === attributes.name,
  );
  const [stopped] = index < 0 ? [] : session.recordings.splice(index, 1);
  if (stopped) await finishOnCall(session, stopped);
}

function onlyRecording(verb: string, children: readonly TwimlElement[]): TwimlElement {
  const [recording, ...others] = children;
  if (recording?.name === 'Recording' && others.length === 0) return recording;
  const names = children.map(({ name }) => `<${name}>`).join(', ') || 'nothing';
  throw new TwimlError(`<${verb}> of ${names} is not simulated; known is one <Recording>`);
}
