import { says, saysExactly, saysOnly, spoken } from './spoken.ts';
import { type Menu, named, type VoiceFile } from './voice-file.ts';

/** What a `<Gather>` took in. */
export interface Heard {
  digits: string;
  /** Empty where nothing was understood. */
  speech: string;
  /** From 0 to 1; undefined where the recogniser gave none. */
  confidence: number | undefined;
}

export const isSilent = ({ digits, speech }: Heard): boolean => digits === '' && spoken(speech) === '';

/** A caller's answer to a question for consent. */
export interface ConsentAnswer {
  outcome: 'granted' | 'refused' | 'none';
  method: 'key-press' | 'speech';
}

/**
 * What an answer means. Speech has to be one of the words for yes, accents included, and nothing beside it: "I do not agree" has "agree" in it. A word for
 * no may stand among others. What is neither, or was recognised with too little confidence, is no answer.
 */
export function hearConsent({ keys, speech }: VoiceFile['consent'], language: string, heard: Heard): ConsentAnswer {
  if (heard.digits !== '') {
    const outcome = heard.digits === keys.grant ? 'granted' : heard.digits === keys.refuse ? 'refused' : 'none';
    return { outcome, method: 'key-press' };
  }
  const words = speech && named(speech.words, language);
  const isClear = speech !== undefined && (heard.confidence ?? 0) >= speech.confidenceMin;
  if (words === undefined || !isClear || isSilent(heard)) return { outcome: 'none', method: 'speech' };
  if (words.grant.some((word) => saysExactly(heard.speech, word))) return { outcome: 'granted', method: 'speech' };
  const isRefusal =
    words.refuse.some((word) => says(heard.speech, word)) && !words.grant.some((word) => says(heard.speech, word));
  const isPlainRefusal = words.refuse.some((word) => saysOnly(heard.speech, word));
  return { outcome: isRefusal || isPlainRefusal ? 'refused' : 'none', method: 'speech' };
}

/** The one choice that the caller made, if it is one. */
export function hearChoice({ choices }: Menu, language: string, heard: Heard): Menu['choices'][number] | undefined {
  if (heard.digits !== '') return choices.find(({ key }) => key === heard.digits);
  const said = choices.filter(({ words }) => named(words, language)?.some((word) => says(heard.speech, word)));
  return said.length === 1 ? said[0] : undefined;
}
