import type { WebhookTarget } from '../twilio/prepare-webhook.ts';
import type { Parameters } from '../twilio/signature.ts';
import { type TwimlElement, TwimlError } from '../twilio/twiml.ts';
import { fetchTwiml, readMethod, resolveUrl, type TwimlDocument } from './fetch-twiml.ts';
import type { Session } from './session.ts';
import { TIMING } from './timing.ts';

/** Twilio's default `timeout` of a `<Gather>`. */
const GATHER_TIMEOUT_S = 5;
const LOOPS_MAX = 10;

/** Listens to `<Say>` or `<Pause>`. */
export async function hear({ clock }: Session, { name, attributes, text }: TwimlElement): Promise<undefined> {
  if (name === 'Pause') {
    await clock.pass(Number(attributes.length ?? 1) * 1_000);
    return;
  }
  const loops = Math.min(LOOPS_MAX, Number(attributes.loop ?? 1) || 1);
  await clock.pass(text.split(/\s+/).length * TIMING.promptWordMs * loops);
}

/** What the caller does at a prompt: `undefined` when no action is asked and the next verb follows. */
export async function answerPrompt(
  session: Session,
  { attributes, children }: TwimlElement,
  documentUrl: string,
): Promise<{ target: WebhookTarget; parameters: Parameters } | undefined> {
  for (const child of children) {
    if (child.name !== 'Say' && child.name !== 'Pause') {
      throw new TwimlError(`<${child.name}> in a <Gather> is not simulated; known are Say, Pause`);
    }
    await hear(session, child);
  }
  const target = {
    url: resolveUrl(attributes.action ?? documentUrl, documentUrl),
    method: readMethod(attributes.method),
  };
  const answer = session.nextAnswer();
  const input = attributes.input ?? 'dtmf';
  if ('press' in answer && input.includes('dtmf')) {
    await session.clock.pass(TIMING.keyPressMs);
    return { target, parameters: digits(answer.press.slice(0, Number(attributes.numDigits ?? answer.press.length))) };
  }
  if ('say' in answer && input.includes('speech')) {
    await session.clock.pass(answer.say.split(/\s+/).length * TIMING.promptWordMs);
    return { target, parameters: speech(answer, attributes.language) };
  }
  await session.clock.pass(Number(attributes.timeout ?? GATHER_TIMEOUT_S) * 1_000);
  return attributes.actionOnEmptyResult === 'true' ? { target, parameters: digits('') } : undefined;
}

/** As Twilio sends them; `msg` and `FinishedOnKey` are in its requests though not in its documentation. */
const digits = (pressed: string): Parameters => [
  ['msg', 'Gather End'],
  ['Digits', pressed],
  ['FinishedOnKey', ''],
];

/** Source: Twilio, "TwiML Voice: Gather", action: SpeechResult and Confidence; Language is in its requests. */
const speech = ({ say, confidence }: { say: string; confidence: number }, language = 'en-US'): Parameters => [
  ['Language', language],
  ['SpeechResult', say],
  ['Confidence', String(confidence)],
];

export async function gather(
  session: Session,
  element: TwimlElement,
  documentUrl: string,
): Promise<TwimlDocument | undefined> {
  const pressed = await answerPrompt(session, element, documentUrl);
  if (!pressed) return undefined;
  const document = await fetchTwiml(session, pressed.target, pressed.parameters);
  if (!document) throw new TwimlError(`11200 ${pressed.target.url} answered 404`);
  return document;
}
