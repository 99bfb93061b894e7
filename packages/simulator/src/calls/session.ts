import type { CallerAnswer, Consent, DialOutcome, InboundCallScript } from '../call-script.ts';
import type { Conversation } from '../speech/conversation.ts';
import type { CallState } from '../twilio/account-state.ts';
import type { CallContext } from './engine.ts';
import type { RunningRecording } from './recording.ts';

/** One caller's leg while TwiML is carried out on it. */
export interface Session extends CallContext {
  leg: CallState;
  /** What the caller does when the next `<Gather>` listens. */
  nextAnswer(): CallerAnswer;
  /** What becomes of the next `<Dial>`. */
  nextDial(): DialOutcome;
  /** What is said after the tone of a `<Record>`. */
  message: Conversation | undefined;
  conversation: Conversation;
  /** When the conversation began in the call's time; undefined until somebody answered. */
  conversationStartedMs: number | undefined;
  /** Those that are going on. */
  recordings: RunningRecording[];
  /** All that were started, in order. */
  recordingSids: string[];
  recording: 'by-twiml' | 'always' | 'none';
  childCallSids: string[];
}

/** The keys that the consent prompt asks for. */
export const answerOf = (consent: Consent): CallerAnswer =>
  consent === 'none' ? { silence: true } : { press: consent === 'granted' ? '1' : '2' };

/** What a caller does and meets in turn, as the script has it. */
export function inTurn({ atPrompts, consent, dials }: InboundCallScript): Pick<Session, 'nextAnswer' | 'nextDial'> {
  const answers = [...(atPrompts ?? [])];
  const outcomes = [...dials];
  return {
    nextAnswer: () => (atPrompts === undefined ? answerOf(consent) : (answers.shift() ?? { silence: true })),
    nextDial: () => outcomes.shift() ?? 'answered',
  };
}
