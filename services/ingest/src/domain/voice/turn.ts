import { type CallState, languageOf } from './call-state.ts';
import { type Destination, named, type VoiceFile, type Voicemail } from './voice-file.ts';

/** One wording with how it is spoken. */
export interface Saying {
  text: string;
  language: string;
  voice: string | undefined;
}

export interface Listen {
  do: 'listen';
  /** Which route takes the answer. */
  answerTo: 'consent' | 'menu';
  timeoutSeconds: number;
  /** Tag of the language that is understood; undefined listens to keys alone. */
  speech: { language: string; hints: readonly string[] } | undefined;
  state: CallState;
}

/** What the call does next, after everything was said. */
export type Next =
  | Listen
  | { do: 'dial'; destination: Destination; state: CallState }
  | { do: 'take-message'; voicemail: Voicemail; state: CallState }
  | { do: 'hang-up' };

/** One answer to Twilio, before it is TwiML. */
export interface Turn {
  /** Said before anything is recorded. */
  notice?: readonly Saying[];
  say: readonly Saying[];
  /** The call is recorded from here on. */
  record: boolean;
  /** Something is sent to the caller. */
  message?: { prompt: string; text: string; from: string | undefined };
  next: Next;
}

export const hangUp = (say: readonly Saying[] = []): Turn => ({ say, record: false, next: { do: 'hang-up' } });

/** The wording of a prompt in the caller's language; nothing where no prompt is named. */
export function saying(file: VoiceFile, state: CallState, prompt: string | undefined): Saying[] {
  const { id, language, voice } = languageOf(file, state);
  const text = prompt === undefined ? undefined : named(named(file.prompts, prompt) ?? {}, id);
  return text === undefined ? [] : [{ text, language, voice }];
}
