import type { InboundCallScript } from '../call-script.ts';
import { TwimlError } from '../twilio/twiml.ts';
import { converse } from './converse.ts';
import { createCallContext, type Engine, speakConversation } from './engine.ts';
import { fetchTwiml } from './fetch-twiml.ts';
import { createLegCallbacks } from './leg-callbacks.ts';
import { changeLeg, createLeg } from './legs.ts';
import { numberCallbacks } from './number-callbacks.ts';
import { placeUnansweredCall } from './place-unanswered-call.ts';
import type { PlacedCall } from './placed-call.ts';
import { runTwiml } from './run-twiml.ts';
import { inTurn, type Session } from './session.ts';
import { finishOnCall } from './session-recordings.ts';

/** Somebody calls the number: its voice URL is asked, its TwiML carried out, and everything reported. */
export async function placeInboundCall(engine: Engine, script: InboundCallScript): Promise<PlacedCall> {
  const { outcome } = script;
  if (outcome !== 'answered') return placeUnansweredCall(engine, { ...script, outcome, direction: 'inbound' });
  const conversation = await speakConversation(engine.speech, script.parties, script.utterances);
  const context = createCallContext(engine, script.callbacks, conversation.durationMs);
  const session: Session = {
    ...context,
    leg: await createLeg(context, { from: script.from, to: script.to, direction: 'inbound', status: 'ringing' }),
    ...inTurn(script),
    message: await spokenMessage(engine, script),
    conversation,
    conversationStartedMs: undefined,
    recordings: [],
    recordingSids: [],
    recording: script.recording,
    childCallSids: [],
  };
  await answer(session);
  session.leg = await changeLeg(session, session.leg, 'completed');
  await createLegCallbacks(session, numberCallbacks(engine))('completed', session.leg);
  const [recordingSid] = session.recordingSids;
  for (const recording of session.recordings) await finishOnCall(session, recording);
  await session.requests.flush();
  return {
    callSid: session.leg.sid,
    callSids: [session.leg.sid, ...session.childCallSids],
    ...(recordingSid === undefined ? {} : { recordingSid }),
    deliveries: session.requests.deliveries,
    problems: session.problems,
  };
}

const spokenMessage = ({ speech }: Engine, { message, parties }: InboundCallScript) => {
  const [caller] = parties;
  if (message === undefined || caller === undefined) return undefined;
  return speakConversation(speech, [caller], [{ party: caller.name, text: message }]);
};

/** An error in the TwiML ends the call, as "an application error has occurred" does. */
async function answer(session: Session): Promise<void> {
  try {
    const voiceUrl = { url: session.engine.applicationUrl('/voice/inbound'), method: 'POST' } as const;
    const document = await fetchTwiml(session, voiceUrl);
    session.leg = await changeLeg(session, session.leg, 'in-progress');
    if (document) await runTwiml(session, document);
    // Onrecord gives no TwiML here, so the number is answered by TwiML of the user's own.
    else await converse(session);
  } catch (error) {
    if (!(error instanceof TwimlError)) throw error;
    session.problems.push(error.message);
  }
}
