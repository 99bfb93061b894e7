import type { Fault } from './check-ways.ts';
import { named, type VoiceFile } from './voice-file.ts';

/**
 * Twilio refuses TwiML beyond 64 kB (error 11750), and a character of any script takes up to four bytes. What else stands in a document
 * is bounded by the schema.
 */
const CHOICE_CHARACTERS_MAX = 14_000;
const HINT_CHARACTERS_MAX = 5_000;

/** What would make TwiML that Twilio does not take. */
export function checkSizes({ languages, languageChoice, prompts, menus }: VoiceFile): Fault[] {
  const offered = Object.values(named(prompts, languageChoice?.prompt ?? '') ?? {}).join('');
  const words = Object.entries(menus).flatMap(([name, { choices }]) =>
    languages.map(({ id }) => ({
      name,
      id,
      length: choices.flatMap((one) => named(one.words, id) ?? []).join(',').length,
    })),
  );
  return [
    ...(offered.length > CHOICE_CHARACTERS_MAX
      ? [
          {
            path: ['languageChoice', 'prompt'],
            message: `its wordings have more than ${CHOICE_CHARACTERS_MAX} characters together: shorten them`,
          },
        ]
      : []),
    ...words
      .filter(({ length }) => length > HINT_CHARACTERS_MAX)
      .map(({ name, id }) => ({
        path: ['menus', name, 'choices'],
        message: `their words in "${id}" have more than ${HINT_CHARACTERS_MAX} characters together: remove some`,
      })),
  ];
}
