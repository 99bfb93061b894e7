import { type CallState, languageOfNumber, newCall } from './call-state.ts';
import { askForConsent, go, offerMenu } from './go.ts';
import { type ConsentAnswer, type Heard, hearChoice, isSilent } from './hear.ts';
import { hangUp, saying, type Turn } from './turn.ts';
import { named, type VoiceFile } from './voice-file.ts';

/** A call comes in for this number. */
export function begin(file: VoiceFile, to: string): Turn {
  const state = newCall(file, to);
  const isAsked = file.languageChoice !== undefined && languageOfNumber(file, to) === undefined;
  return isAsked ? offerLanguages(file, state) : greet(file, state);
}

/** Each language in its own voice; keys alone, because speech is recognised in one language at a time. */
function offerLanguages(file: VoiceFile, state: CallState): Turn {
  const { prompt, timeoutSeconds = 5 } = file.languageChoice ?? {};
  const say = file.languages.flatMap(({ id }) => saying(file, { ...state, language: id }, prompt));
  const at = { kind: 'language' } as const;
  const next = { do: 'listen', answerTo: 'menu', timeoutSeconds, speech: undefined, state: { ...state, at } } as const;
  return { say, record: false, next };
}

function greet(file: VoiceFile, state: CallState): Turn {
  const { mode, prompt } = file.consent;
  const asked = { ...state, at: { kind: 'consent' }, tries: 0 } as const;
  if (mode === 'ask') return askForConsent(file, asked, prompt);
  const turn = go(file, state, file.start);
  return mode === 'off' ? turn : { ...turn, notice: saying(file, state, prompt), record: true };
}

/** The question that stands in this state. */
export function consentPrompt(file: VoiceFile, { at }: CallState): string | undefined {
  return at?.kind === 'voicemail' ? named(file.voicemails, at.name)?.consentPrompt : file.consent.prompt;
}

/** The caller answered the question for consent, or did not. */
export function answerConsent(file: VoiceFile, state: CallState, outcome: ConsentAnswer['outcome']): Turn {
  const { retries } = file.consent;
  if (outcome === 'none' && state.tries < retries) return askAgain(file, { ...state, tries: state.tries + 1 });
  const answered = { ...state, consent: outcome === 'none' ? state.consent : outcome };
  return state.at?.kind === 'voicemail'
    ? answeredAtVoicemail(file, answered, state.at.name)
    : answeredAtStart(file, answered, outcome);
}

/** The same question, also where it is another by now: an answer to a wording that is no more is none. */
export function askAgain(file: VoiceFile, state: CallState): Turn {
  const prompt = consentPrompt(file, state);
  if (prompt === undefined) return go(file, state, file.start);
  return askForConsent(file, { ...state, at: state.at ?? { kind: 'consent' } }, prompt);
}

function answeredAtStart(file: VoiceFile, state: CallState, outcome: ConsentAnswer['outcome']): Turn {
  const { onRefusal, onNoAnswer, endPrompt } = file.consent;
  if (outcome === 'granted') return { ...go(file, state, file.start), record: true };
  const setting = outcome === 'refused' ? onRefusal : onNoAnswer;
  return setting === 'end' ? hangUp(saying(file, state, endPrompt)) : go(file, state, file.start);
}

/** Without a yes no message is taken. */
const answeredAtVoicemail = (file: VoiceFile, state: CallState, voicemail: string): Turn =>
  state.consent === 'granted' ? go(file, state, { voicemail }) : hangUp(saying(file, state, file.consent.endPrompt));

/** The caller answered a menu, or the choice of a language, or did not. */
export function answerMenu(file: VoiceFile, state: CallState, heard: Heard): Turn {
  if (state.at?.kind === 'language') return answerLanguage(file, state, heard);
  const name = state.at?.kind === 'menu' ? state.at.name : undefined;
  const menu = name === undefined ? undefined : named(file.menus, name);
  // The file changed during the call.
  if (name === undefined || menu === undefined) return go(file, state, file.start);
  const choice = hearChoice(menu, state.language, heard);
  if (choice !== undefined && !('repeat' in choice.go)) return go(file, state, choice.go);
  // Who asks for a repetition again and again is nobody who listens.
  if (state.tries >= menu.retries) return go(file, state, menu.afterRetries);
  const complaint = choice !== undefined ? undefined : isSilent(heard) ? menu.noInput : menu.invalidInput;
  return offerMenu(file, { ...state, tries: state.tries + 1 }, name, saying(file, state, complaint));
}

function answerLanguage(file: VoiceFile, state: CallState, { digits }: Heard): Turn {
  const chosen = file.languages.find(({ key }) => key !== undefined && key === digits);
  if (chosen !== undefined) return greet(file, { ...state, language: chosen.id });
  const { retries = 0 } = file.languageChoice ?? {};
  return state.tries < retries ? offerLanguages(file, { ...state, tries: state.tries + 1 }) : greet(file, state);
}

/** Source: Twilio, "TwiML Voice: Dial", DialCallStatus; `answered` is of conferences. */
const CONNECTED: ReadonlySet<string> = new Set(['completed', 'answered']);

/** A `<Dial>` ended; whoever was connected has had the call. */
export function afterDial(file: VoiceFile, state: CallState, dialCallStatus: string): Turn {
  if (CONNECTED.has(dialCallStatus)) return hangUp();
  // The file changed during the call.
  if (state.at?.kind !== 'destination') return go(file, state, file.start);
  const place = named(named(file.destinations, state.at.name)?.after ?? {}, dialCallStatus);
  return place === undefined ? hangUp() : go(file, state, place);
}

/** A message was left. */
export function afterMessage(file: VoiceFile, state: CallState): Turn {
  const voicemail = state.at?.kind === 'voicemail' ? named(file.voicemails, state.at.name) : undefined;
  return hangUp(saying(file, state, voicemail?.end));
}
