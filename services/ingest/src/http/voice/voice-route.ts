import { createHash, randomBytes } from 'node:crypto';
import type { Callback } from '../../acceptance.ts';
import { namingCall, ParameterError } from '../../domain/parameters.ts';
import { type CallState, fromQuery } from '../../domain/voice/call-state.ts';
import { partiesOf } from '../../domain/voice/parties.ts';
import type { Listen, Saying, Turn } from '../../domain/voice/turn.ts';
import type { VoiceFile } from '../../domain/voice/voice-file.ts';
import { recordNotice } from '../../record-notice.ts';
import { requestMessage } from '../../request-message.ts';
import { answer } from '../answer.ts';
import type { Route } from '../callback-route.ts';
import type { Edge } from '../edge.ts';
import { receiveCallback } from '../receive-callback.ts';
import { RefusedError } from '../refused-error.ts';
import { keepAgain, withCarried } from './keep-again.ts';
import { render } from './render.ts';

/** One request of a call. */
export interface VoiceCall {
  file: VoiceFile;
  state: CallState;
  callback: Callback;
  query: Readonly<Record<string, string>>;
  edge: Edge;
}

export interface Answer {
  /** What was asked before this, and whether there was an answer to it. */
  gathered?: { prompt: Listen['answerTo']; outcome: 'answered' | 'empty' };
  turn: Turn;
  /** What is told beside it, if that can be done at once. */
  tell?: () => Promise<void>;
  /** What has to be durable before the turn is told. */
  keep?: (() => Promise<void>) | undefined;
  /** What is told where it cannot be kept in the end. */
  unkept?: Turn;
}

/** A caller must not lose the call because the event log is away: what cannot be kept is tried again, and then left out. */
export const voiceRoute =
  (path: string, take: (call: VoiceCall) => Answer): Route =>
  (app, edge) => {
    const respond = async (file: VoiceFile, received: Callback, query: VoiceCall['query']): Promise<Response> => {
      const callback = { ...received, parameters: withCarried(received.parameters, query) };
      const state = fromQuery(file, query, partiesOf(callback.parameters).ours);
      const { turn, gathered, tell, keep, unkept = turn } = take({ file, state, callback, query, edge });
      // The same answer that is tried to be kept again was counted.
      if (gathered !== undefined && query.times === undefined) {
        edge.metrics.gathered(gathered.prompt, gathered.outcome);
      }
      if (tell !== undefined) await isDurable(tell, callback, edge);
      const isKept = await isDurable(() => keepAll({ turn, keep }, callback, edge), callback, edge);
      const { publicBaseUrl } = callback;
      const again = isKept ? undefined : keepAgain(publicBaseUrl, path, callback.parameters, query);
      const told = isKept ? turn : unkept;
      if (again === undefined) await keepNotice(told, callback, edge);
      const asked = told.next;
      if (again === undefined && asked.do === 'listen') edge.metrics.gathered(asked.answerTo, 'asked');
      return twiml(again ?? render(told, { baseUrl: publicBaseUrl, hearing }));
    };
    app.on(['GET', 'POST'], path, (c) =>
      answer(path, edge, async () => {
        const file = requireVoiceFile(edge);
        const received = await receiveCallback(c, edge);
        return respond(file, received, c.req.query()).catch(namingCall(received.parameters));
      }),
    );
  };

/** Names this hearing of the question, and the wording that is heard, so that the wording of every consent can be proved later. */
const hearing = (say: readonly Saying[]) => ({ visit: randomBytes(8).toString('hex'), wording: wordingHash(say) });

export const wordingHash = (say: readonly Saying[]): string =>
  createHash('sha256')
    .update(say.map(({ text }) => text).join('\n'))
    .digest('hex')
    .slice(0, 16);

/** A notice that cannot be kept is said all the same: what it would allow then waits for another one. */
async function keepNotice({ notice = [] }: Turn, callback: Callback, edge: Edge): Promise<void> {
  const [first] = notice;
  if (first === undefined) return;
  const said = { version: wordingHash(notice), language: first.language };
  await isDurable(() => recordNotice(callback, edge, said), callback, edge);
}

async function keepAll({ turn, keep }: Answer, callback: Callback, edge: Edge): Promise<void> {
  await keep?.();
  if (turn.message === undefined || (await requestMessage(callback, edge, turn.message)) === 'requested') return;
  edge.logger.info({ callSid: callback.parameters.CallSid }, 'the caller has no number to send a message to');
}

async function isDurable(keep: () => Promise<void>, { parameters }: Callback, { logger }: Edge): Promise<boolean> {
  try {
    await keep();
    return true;
  } catch (error) {
    if (error instanceof ParameterError) throw error;
    logger.error({ callSid: parameters.CallSid, err: error }, 'what a call told could not be kept');
    return false;
  }
}

const twiml = (text: string) => new Response(text, { headers: { 'content-type': 'text/xml; charset=utf-8' } });

/** @throws RefusedError when the voice application is turned off */
function requireVoiceFile({ voice }: Edge): VoiceFile {
  if (voice !== undefined) return voice;
  throw new RefusedError(
    404,
    'the voice application is turned off: set VOICE_DIAL_TO to whom callers are connected to, or VOICE_FILE to what they hear',
  );
}
