import type { Consent } from '../call-script.ts';
import { layOut } from '../speech/conversation.ts';
import type { CallState } from '../twilio/account-state.ts';
import { TwimlError } from '../twilio/twiml.ts';
import type { CallContext } from './engine.ts';
import { fetchTwiml } from './fetch-twiml.ts';
import { answerPrompt, hear } from './gather.ts';
import { changeLeg } from './legs.ts';
import { answerOf, type Session } from './session.ts';

/**
 * Asks the voice URL for its prompt and answers it. What the application says afterwards is not carried out: the caller goes on
 * to a conference of the user's own. Without a prompt the caller is not asked.
 * @returns the leg, answered
 */
export async function hearConsentPrompt(
  context: CallContext,
  ringing: CallState,
  consent: Consent,
): Promise<CallState> {
  const session: Session = {
    ...context,
    leg: ringing,
    nextAnswer: () => answerOf(consent),
    nextDial: () => 'answered',
    message: undefined,
    conversation: layOut([]),
    conversationStartedMs: undefined,
    recordings: [],
    recordingSids: [],
    recording: 'none',
    childCallSids: [],
  };
  try {
    const voiceUrl = { url: context.engine.applicationUrl('/voice/inbound'), method: 'POST' } as const;
    const document = await fetchTwiml(session, voiceUrl);
    session.leg = await changeLeg(context, ringing, 'in-progress');
    for (const element of document?.verbs ?? []) {
      if (element.name === 'Say' || element.name === 'Pause') await hear(session, element);
      if (element.name !== 'Gather') continue;
      const pressed = await answerPrompt(session, element, voiceUrl.url);
      if (!pressed) continue;
      await fetchTwiml(session, pressed.target, pressed.parameters);
      break;
    }
  } catch (error) {
    if (!(error instanceof TwimlError)) throw error;
    context.problems.push(error.message);
  }
  return session.leg.status === 'in-progress' ? session.leg : changeLeg(context, ringing, 'in-progress');
}
