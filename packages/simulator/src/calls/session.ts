import type { Consent } from '../call-script.ts';
import type { Conversation } from '../speech/conversation.ts';
import type { CallState } from '../twilio/account-state.ts';
import type { CallContext } from './engine.ts';
import type { RunningRecording } from './recording.ts';

/** One caller's leg while TwiML is carried out on it. */
export interface Session extends CallContext {
  leg: CallState;
  /** What is pressed when a `<Gather>` listens. */
  key: '1' | '2' | undefined;
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
export const keyOf = (consent: Consent): '1' | '2' | undefined =>
  consent === 'granted' ? '1' : consent === 'refused' ? '2' : undefined;
