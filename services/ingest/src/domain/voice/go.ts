import { type CallState, languageOf } from './call-state.ts';
import { hangUp, type Saying, saying, type Turn } from './turn.ts';
import { named, type Place, type VoiceFile } from './voice-file.ts';

/** Leads the caller to a place of the file. */
export function go(file: VoiceFile, state: CallState, place: Place): Turn {
  const fresh = { ...state, tries: 0 };
  if ('menu' in place) return offerMenu(file, fresh, place.menu);
  if ('destination' in place) return dial(file, fresh, place.destination);
  if ('voicemail' in place) return leadToVoicemail(file, fresh, place.voicemail);
  const end = hangUp(saying(file, state, place.end));
  if (!('message' in place)) return end;
  const text = saying(file, state, place.message)[0]?.text ?? '';
  return { ...end, message: { prompt: place.message, text, from: place.from } };
}

/** Says a menu and listens, after what is said before it. */
export function offerMenu(file: VoiceFile, state: CallState, name: string, before: readonly Saying[] = []): Turn {
  const menu = named(file.menus, name);
  if (menu === undefined) return hangUp(before);
  const hints = menu.choices.flatMap(({ words }) => named(words, state.language) ?? []);
  const { language } = languageOf(file, state);
  return {
    say: [...before, ...saying(file, state, menu.prompt)],
    record: false,
    next: {
      do: 'listen',
      answerTo: 'menu',
      timeoutSeconds: menu.timeoutSeconds,
      speech: hints.length === 0 ? undefined : { language, hints },
      state: { ...state, at: { kind: 'menu', name } },
    },
  };
}

function dial(file: VoiceFile, state: CallState, name: string): Turn {
  const destination = named(file.destinations, name);
  if (destination === undefined) return hangUp();
  const at = { kind: 'destination', name } as const;
  return { say: [], record: false, next: { do: 'dial', destination, state: { ...state, at } } };
}

/** A message is a recording: who refused is not asked again, and who has not agreed yet is asked first. */
function leadToVoicemail(file: VoiceFile, state: CallState, name: string): Turn {
  const voicemail = named(file.voicemails, name);
  if (voicemail === undefined) return hangUp();
  const here = { ...state, at: { kind: 'voicemail', name } as const };
  if (state.consent === 'refused') return hangUp(saying(file, state, file.consent.endPrompt));
  if (state.consent === 'none') return askForConsent(file, here, voicemail.consentPrompt);
  return {
    say: saying(file, state, voicemail.prompt),
    record: false,
    next: { do: 'take-message', voicemail, state: here },
  };
}

/** Asks a question that is answered with yes or no. */
export function askForConsent(file: VoiceFile, state: CallState, prompt: string | undefined): Turn {
  const { speech, timeoutSeconds } = file.consent;
  const words = speech && named(speech.words, state.language);
  const { language } = languageOf(file, state);
  return {
    say: saying(file, state, prompt),
    record: false,
    next: {
      do: 'listen',
      answerTo: 'consent',
      timeoutSeconds,
      speech: words && { language, hints: [...words.grant, ...words.refuse] },
      state,
    },
  };
}
