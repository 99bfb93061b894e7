import type { CallbackOrder, Voice } from '../call-script.ts';
import { type Conversation, layOut } from '../speech/conversation.ts';
import type { Speech } from '../speech/speech.ts';
import type { AccountState } from '../twilio/account-state.ts';
import type { RecordingEncryption } from '../twilio/recording-encryption.ts';
import { type CallClock, createCallClock } from './call-clock.ts';
import { type CallRequests, createCallRequests, type DeliveryContext } from './deliveries.ts';

/** What all calls of one simulator share. */
export interface Engine extends DeliveryContext {
  accountSid: string;
  state: AccountState;
  speech: Speech;
  /** Where the user's application is, and its callbacks: `path` is such as `/webhooks/recording`. */
  applicationUrl(path: string): string;
  /** Where this look-alike's own REST API is, as `RecordingUrl` names it. */
  apiUrl(): string;
  /** How the account has its recordings encrypted, at this moment. */
  recordingEncryption(): RecordingEncryption | undefined;
  /** Seconds of a call that pass in one second. */
  speed: number;
  signal: AbortSignal;
}

/** What one placed call carries along. */
export interface CallContext {
  engine: Engine;
  clock: CallClock;
  requests: CallRequests;
  /** What Twilio would write into its debugger about this call. */
  problems: string[];
}

/** About what ringing, the prompt and processing take for each caller, beside the conversation. */
const AROUND_CONVERSATION_MS = 15_000;

export function createCallContext(
  engine: Engine,
  order: CallbackOrder,
  conversationMs: number,
  callers = 1,
): CallContext {
  const { speed, signal } = engine;
  return {
    engine,
    clock: createCallClock(conversationMs + callers * AROUND_CONVERSATION_MS, speed, engine.now, signal),
    requests: createCallRequests(order, engine),
    problems: [],
  };
}

interface Speaker {
  name: string;
  voice: Voice;
  channel: number;
}

/** Everything that is said in a call, spoken and laid on its timeline. */
export async function speakConversation(
  speech: Speech,
  speakers: readonly Speaker[],
  utterances: readonly { party: string; text: string }[],
): Promise<Conversation> {
  const lines = await Promise.all(
    utterances.map(async ({ party, text }) => {
      const speaker = speakers.find((each) => each.name === party);
      if (!speaker) throw new Error(`nobody of this call is named "${party}"`);
      return { party, channel: speaker.channel, text, samples: await speech.say(speaker.voice, text) };
    }),
  );
  return layOut(lines);
}
