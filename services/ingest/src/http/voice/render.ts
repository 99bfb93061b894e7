import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import { toQuery } from '../../domain/voice/call-state.ts';
import type { Listen, Next, Saying, Turn } from '../../domain/voice/turn.ts';

export interface Addresses {
  /** The public address, without a trailing slash. */
  baseUrl: string;
  /** Further parameters of the address that takes the answer to a question for consent. */
  hearing(say: readonly Saying[]): Record<string, string>;
}

/**
 * Twilio retries a callback only when it could not connect, and only once, unless the address asks for more: up to five times, after
 * every failure, within 15 s in all. An answer takes at most PUBLISH_TIMEOUT, 3 s by default. Source: Twilio, "Webhooks: Connection
 * overrides"; the fragment is not part of what is signed.
 */
const RETRIES = '#rc=5&rp=all&ct=2000&rt=4000';

/** A turn as TwiML. */
export function render(turn: Turn, addresses: Addresses): string {
  const response = new VoiceResponse();
  for (const each of turn.notice ?? []) say(response, each);
  if (turn.record) {
    response.start().recording({
      channels: 'dual',
      // Silence belongs to the recording: cutting it would shift every time in the transcript.
      trim: 'do-not-trim',
      ...recordingCallback(addresses),
    });
  }
  if (turn.next.do === 'listen') listen(response, turn.next, turn.say, addresses);
  else {
    for (const each of turn.say) say(response, each);
    proceed(response, turn.next, addresses);
  }
  return response.toString();
}

/** Twilio reports `completed` alone unless asked for more. */
const recordingCallback = ({ baseUrl }: Addresses) => ({
  recordingStatusCallback: `${baseUrl}/webhooks/recording${RETRIES}`,
  recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'] as ('in-progress' | 'completed' | 'absent')[],
});

/** The file's languages and voices are open: Twilio adds some, and the SDK's types know those of its day. */
function say(to: Pick<VoiceResponse, 'say'>, { text, language, voice }: Saying): void {
  const attributes = { language, ...(voice !== undefined && { voice }) };
  to.say(attributes as VoiceResponse.SayAttributes, text);
}

function listen(response: VoiceResponse, next: Listen, sayings: readonly Saying[], addresses: Addresses): void {
  const { answerTo, timeoutSeconds, speech, state } = next;
  const hearing = answerTo === 'consent' ? addresses.hearing(sayings) : {};
  const query = new URLSearchParams({ ...hearing, ...toQuery(state) });
  const gather = response.gather({
    input: speech === undefined ? ['dtmf'] : ['dtmf', 'speech'],
    numDigits: 1,
    // Every key can be a choice; by default # would end what was pressed before it, which is nothing.
    finishOnKey: '',
    timeout: timeoutSeconds,
    ...(speech !== undefined && {
      language: speech.language as VoiceResponse.GatherAttributes['language'],
      hints: speech.hints.join(','),
      speechTimeout: 'auto',
    }),
    actionOnEmptyResult: true,
    action: `${addresses.baseUrl}/voice/${answerTo}?${query}`,
    method: 'POST',
  });
  for (const each of sayings) say(gather, each);
}

function proceed(response: VoiceResponse, next: Exclude<Next, Listen>, addresses: Addresses): void {
  const { baseUrl } = addresses;
  if (next.do === 'dial') {
    const { number, timeoutSeconds, callerId } = next.destination;
    const statusCallback = `${baseUrl}/webhooks/voice/status${RETRIES}`;
    const action = `${baseUrl}/voice/dial-result?${new URLSearchParams(toQuery(next.state))}`;
    response
      .dial({ timeout: timeoutSeconds, ...(callerId !== undefined && { callerId }), action, method: 'POST' })
      .number({ statusCallback, statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'] }, number);
    return;
  }
  if (next.do === 'take-message') {
    const { maxSeconds, silenceSeconds, finishOnKey } = next.voicemail;
    response.record({
      maxLength: maxSeconds,
      timeout: silenceSeconds,
      finishOnKey,
      playBeep: true,
      trim: 'do-not-trim',
      action: `${baseUrl}/voice/voicemail?${new URLSearchParams(toQuery(next.state))}`,
      method: 'POST',
      ...recordingCallback(addresses),
    });
  }
  // After a message that was silence Twilio asks for nothing and goes on here. Source: Twilio, "TwiML Voice: Record", action.
  response.hangup();
}
