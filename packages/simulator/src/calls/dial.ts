import type { CallState } from '../twilio/account-state.ts';
import { type TwimlElement, TwimlError } from '../twilio/twiml.ts';
import { recordingCallback, statusSubscription } from './callback-attributes.ts';
import { converse } from './converse.ts';
import { fetchTwiml, readMethod, resolveUrl, type TwimlDocument } from './fetch-twiml.ts';
import { createLegCallbacks, SIP_OK, SIP_RESPONSES, type StatusSubscription } from './leg-callbacks.ts';
import { changeLeg, createLeg } from './legs.ts';
import type { RecordingOrder } from './recording.ts';
import type { Session } from './session.ts';
import { startOnCall } from './session-recordings.ts';
import { TIMING } from './timing.ts';

/** Connects the caller: the other side answers, the conversation takes place, the other side hangs up. */
export async function dial(
  session: Session,
  element: TwimlElement,
  documentUrl: string,
): Promise<TwimlDocument | 'hang-up' | undefined> {
  const { attributes } = element;
  const child = await callOtherSide(session, element, documentUrl);
  if (attributes.action === undefined) return undefined;
  const target = { url: resolveUrl(attributes.action, documentUrl), method: readMethod(attributes.method) };
  const document = await fetchTwiml(session, target, [
    ['DialCallStatus', child.status],
    ['DialCallSid', child.sid],
    ['DialCallDuration', String(child.duration ?? 0)],
    ['DialBridged', String(child.status === 'completed')],
  ]);
  return document ?? 'hang-up';
}

async function callOtherSide(session: Session, element: TwimlElement, documentUrl: string): Promise<CallState> {
  const { number, subscription } = otherSide(element, documentUrl);
  const { record = 'do-not-record', callerId } = element.attributes;
  const order = session.recording === 'by-twiml' ? dialRecording(record, element, documentUrl) : undefined;
  const startDialRecording = async (moment: string) => {
    if (order === undefined || record.includes('ringing') !== (moment === 'ringing')) return;
    await startOnCall(session, order);
  };
  const tell = createLegCallbacks(session, subscription);
  let leg = await createLeg(session, {
    from: callerId ?? session.leg.from,
    to: number,
    direction: 'outbound-dial',
    status: 'queued',
    parentCallSid: session.leg.sid,
  });
  session.childCallSids.push(leg.sid);
  const outcome = session.nextDial();
  await tell('initiated', leg);
  await session.clock.pass(TIMING.initiatedMs);
  if (outcome !== 'failed') {
    leg = await changeLeg(session, leg, 'ringing');
    await startDialRecording('ringing');
    await tell('ringing', leg);
    await session.clock.pass(outcome === 'no-answer' ? ringingMs(element) : TIMING.ringingMs);
  }
  if (outcome !== 'answered') {
    leg = await changeLeg(session, leg, outcome);
    await tell('completed', leg, SIP_RESPONSES[outcome]);
    return leg;
  }
  leg = await changeLeg(session, leg, 'in-progress');
  await startDialRecording('answer');
  await tell('answered', leg);
  await converse(session);
  leg = await changeLeg(session, leg, 'completed');
  await tell('completed', leg, SIP_OK);
  return leg;
}

/** Source: Twilio "TwiML Voice: Dial", timeout: 30 seconds by default. */
const ringingMs = ({ attributes }: TwimlElement) => Number(attributes.timeout ?? 30) * 1_000;

/** A number as the text of `<Dial>`, or one `<Number>`. */
function otherSide({ children, text }: TwimlElement, documentUrl: string) {
  const [noun, ...others] = children;
  if (noun && (noun.name !== 'Number' || others.length > 0 || noun.attributes.url !== undefined)) {
    const names = children.map(({ name }) => `<${name}>`).join(', ');
    throw new TwimlError(`<Dial> of ${names} is not simulated; known is one number or one <Number> without url`);
  }
  const number = noun?.text ?? text;
  if (!/^\+?\d{3,15}$/.test(number)) throw new TwimlError(`13223 Dial: "${number}" is no phone number`);
  const subscription: StatusSubscription | undefined = noun && statusSubscription(noun.attributes, documentUrl);
  return { number, subscription };
}

/** `record-from-answer`, `record-from-ringing`, each with `-dual`. Source: Twilio "TwiML Voice: Dial", record. */
function dialRecording(record: string, { attributes }: TwimlElement, url: string): RecordingOrder | undefined {
  if (!/^record-from-(answer|ringing)(-dual)?$|^true$/.test(record)) return undefined;
  return {
    source: 'DialVerb',
    channels: record.endsWith('-dual') ? 2 : 1,
    trim: attributes.trim === 'trim-silence' ? 'trim-silence' : 'do-not-trim',
    callback: recordingCallback(attributes, url),
  };
}
