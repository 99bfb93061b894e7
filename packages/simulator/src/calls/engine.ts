import type { CallbackOrder, Voice } from '../call-script.ts';
import { newSid } from '../sids.ts';
import { type Conversation, layOut } from '../speech/conversation.ts';
import type { Speech } from '../speech/speech.ts';
import type { AccountState, CallState } from '../twilio/account-state.ts';
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

/** About what ringing, the prompt and processing take, beside the conversation. */
const AROUND_CONVERSATION_MS = 15_000;

export function createCallContext(engine: Engine, order: CallbackOrder, conversationMs: number): CallContext {
  const { speed, signal } = engine;
  return {
    engine,
    clock: createCallClock(conversationMs + AROUND_CONVERSATION_MS, speed, engine.now, signal),
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

/** A new leg, not answered yet. */
export async function createLeg(
  { engine, clock }: CallContext,
  leg: Pick<CallState, 'from' | 'to' | 'direction' | 'status'> & { parentCallSid?: string },
): Promise<CallState> {
  const now = clock.now().toISOString();
  const call: CallState = {
    sid: newSid('CA'),
    accountSid: engine.accountSid,
    parentCallSid: null,
    startTime: null,
    endTime: null,
    duration: null,
    dateCreated: now,
    dateUpdated: now,
    ...leg,
  };
  await engine.state.saveCall(call);
  return call;
}

/** The leg as it is now; what ends it sets its end and duration. */
export async function changeLeg(
  { engine, clock }: CallContext,
  leg: CallState,
  status: CallState['status'],
): Promise<CallState> {
  const now = clock.now();
  const isEnd = !['queued', 'ringing', 'in-progress'].includes(status);
  const startTime = leg.startTime ?? (status === 'in-progress' || isEnd ? now.toISOString() : null);
  const changed: CallState = {
    ...leg,
    status,
    startTime,
    dateUpdated: now.toISOString(),
    ...(isEnd ? { endTime: now.toISOString(), duration: seconds(startTime, now) } : {}),
  };
  await engine.state.saveCall(changed);
  return changed;
}

const seconds = (start: string | null, end: Date) =>
  start === null ? 0 : Math.max(0, Math.round((end.getTime() - Date.parse(start)) / 1_000));
