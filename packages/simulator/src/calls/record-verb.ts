import { recordingPath } from '../twilio/resources.ts';
import type { TwimlElement } from '../twilio/twiml.ts';
import { recordingCallback } from './callback-attributes.ts';
import { fetchTwiml, readMethod, resolveUrl, type TwimlDocument } from './fetch-twiml.ts';
import type { Session } from './session.ts';
import { startOnCall } from './session-recordings.ts';

/** Twilio's defaults of `<Record>`. Source: Twilio "TwiML Voice: Record". */
const RECORD_TIMEOUT_S = 5;
const RECORD_MAX_S = 3_600;

/**
 * The caller leaves a message. Silence leaves none: Twilio asks no action then and goes on with the next verb.
 * @returns what the action answers, or that the call goes on
 */
export async function recordVerb(
  session: Session,
  { attributes }: TwimlElement,
  documentUrl: string,
): Promise<TwimlDocument | 'hang-up' | undefined> {
  const { message } = session;
  if (message === undefined || session.recording === 'none') {
    await session.clock.pass(Number(attributes.timeout ?? RECORD_TIMEOUT_S) * 1_000);
    return;
  }
  const order = {
    source: 'RecordVerb',
    channels: 1,
    trim: attributes.trim === 'do-not-trim' ? 'do-not-trim' : 'trim-silence',
    callback: recordingCallback(attributes, documentUrl),
  } as const;
  await startOnCall(session, order, message);
  const recorded = Math.min(message.durationMs, Number(attributes.maxLength ?? RECORD_MAX_S) * 1_000);
  await session.clock.pass(recorded);
  const target = {
    url: resolveUrl(attributes.action ?? documentUrl, documentUrl),
    method: readMethod(attributes.method),
  };
  const { engine, recordingSids } = session;
  const recordingSid = recordingSids.at(-1) ?? '';
  const document = await fetchTwiml(session, target, [
    ['RecordingUrl', engine.apiUrl() + recordingPath({ accountSid: engine.accountSid, sid: recordingSid })],
    ['RecordingSid', recordingSid],
    ['RecordingDuration', String(Math.round(recorded / 1_000))],
    ['Digits', ''],
  ]);
  return document ?? 'hang-up';
}
