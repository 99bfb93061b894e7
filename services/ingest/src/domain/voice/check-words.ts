import type { Fault } from './check-ways.ts';
import { edgesOf } from './places.ts';
import { spoken } from './spoken.ts';
import { named, type VoiceFile } from './voice-file.ts';

/** Twilio, "Messages resource", Body. */
const MESSAGE_CHARACTERS_MAX = 1_600;

interface NamedPrompt {
  path: readonly PropertyKey[];
  prompt: string | undefined;
  isMessage?: boolean;
}

/** What is wrong with what is said and heard: prompts and their languages, keys and words. */
export function checkWords(file: VoiceFile): Fault[] {
  return [
    ...checkPrompts(file),
    ...checkWordings(file),
    ...checkConsent(file),
    ...checkLanguages(file),
    ...Object.entries(file.menus).flatMap(([name, menu]) => checkChoices(file, ['menus', name], menu)),
  ];
}

function checkPrompts(file: VoiceFile): Fault[] {
  return promptsOf(file).flatMap(({ path, prompt, isMessage }): Fault[] => {
    if (prompt === undefined) return [];
    const wordings = named(file.prompts, prompt);
    if (wordings === undefined) return [{ path, message: `there is no prompt "${prompt}": add it to prompts` }];
    const longest = Math.max(0, ...Object.values(wordings).map((text) => text.length));
    if (!isMessage || longest <= MESSAGE_CHARACTERS_MAX) return [];
    return [
      { path, message: `"${prompt}" is longer than an SMS may be, ${MESSAGE_CHARACTERS_MAX} characters: shorten it` },
    ];
  });
}

/** Everything in the file that names a prompt. */
function promptsOf({ languageChoice, consent, menus, voicemails, ...file }: VoiceFile): NamedPrompt[] {
  const all = (path: readonly PropertyKey[], prompts: Readonly<Record<string, string | undefined>>): NamedPrompt[] =>
    Object.entries(prompts).map(([field, prompt]) => ({ path: [...path, field], prompt }));
  const places = edgesOf({ languageChoice, consent, menus, voicemails, ...file }).flatMap(({ path, go }) => [
    ...('message' in go ? [{ path: [...path, 'message'], prompt: go.message, isMessage: true }] : []),
    ...('end' in go ? [{ path: [...path, 'end'], prompt: go.end }] : []),
  ]);
  return [
    ...all(['languageChoice'], { prompt: languageChoice?.prompt }),
    ...all(['consent'], { prompt: consent.prompt, endPrompt: consent.endPrompt }),
    ...Object.entries(menus).flatMap(([name, { prompt, noInput, invalidInput }]) =>
      all(['menus', name], { prompt, noInput, invalidInput }),
    ),
    ...Object.entries(voicemails).flatMap(([name, { consentPrompt, prompt, end }]) =>
      all(['voicemails', name], { consentPrompt, prompt, end }),
    ),
    ...places,
  ];
}

function checkWordings({ prompts, languages }: VoiceFile): Fault[] {
  const ids = languages.map(({ id }) => id);
  return Object.entries(prompts).flatMap(([name, wordings]) => [
    ...ids
      .filter((id) => named(wordings, id) === undefined)
      .map((id) => ({ path: ['prompts', name, id], message: `the wording in "${id}" is missing: add it` })),
    ...unknownLanguages(wordings, ids).map((id) => ({
      path: ['prompts', name, id],
      message: `"${id}" is none of languages: add it there, or remove this wording`,
    })),
  ]);
}

const unknownLanguages = (byLanguage: object, ids: readonly string[]) =>
  Object.keys(byLanguage).filter((id) => !ids.includes(id));

function checkConsent({ consent, languages }: VoiceFile): Fault[] {
  const { mode, prompt, keys, speech } = consent;
  const ids = languages.map(({ id }) => id);
  const path = ['consent', 'speech', 'words'];
  return [
    ...(mode !== 'off' && prompt === undefined
      ? [{ path: ['consent', 'prompt'], message: `mode "${mode}" needs a prompt: name one` }]
      : []),
    ...(keys.grant === keys.refuse
      ? [{ path: ['consent', 'keys'], message: `"${keys.grant}" cannot mean yes and no: give two keys` }]
      : []),
    ...(speech === undefined ? [] : ids.filter((id) => named(speech.words, id) === undefined)).map((id) => ({
      path: [...path, id],
      message: `the words in "${id}" are missing: add grant and refuse`,
    })),
    ...Object.entries(speech?.words ?? {}).flatMap(([id, { grant, refuse }]) =>
      repeated([...new Set(grant.map(spoken)), ...new Set(refuse.map(spoken))]).map((word) => ({
        path: [...path, id],
        message: `"${word}" cannot mean yes and no: keep it in one list`,
      })),
    ),
    ...unknownLanguages(speech?.words ?? {}, ids).map((id) => ({
      path: [...path, id],
      message: `"${id}" is none of languages: add it there, or remove these words`,
    })),
  ];
}

function checkLanguages({ languages, languageChoice }: VoiceFile): Fault[] {
  const twice = (field: string, values: readonly (string | undefined)[]) =>
    repeated(values).map((value) => ({
      path: ['languages'],
      message: `${field} ${value} is there twice: keep it once`,
    }));
  const keyless = languageChoice === undefined ? [] : languages.filter(({ key }) => key === undefined);
  return [
    ...twice(
      'id',
      languages.map(({ id }) => id),
    ),
    ...twice(
      'number',
      languages.flatMap(({ numbers }) => numbers),
    ),
    ...twice(
      'key',
      languages.map(({ key }) => key),
    ),
    ...keyless.map(({ id }) => ({
      path: ['languages', languages.findIndex((one) => one.id === id), 'key'],
      message: `languageChoice cannot offer "${id}": give it a key`,
    })),
  ];
}

function checkChoices(
  { languages }: VoiceFile,
  path: readonly PropertyKey[],
  menu: VoiceFile['menus'][string],
): Fault[] {
  const ids = languages.map(({ id }) => id);
  const at = [...path, 'choices'];
  return [
    ...repeated(menu.choices.map(({ key }) => key)).map((key) => ({
      path: at,
      message: `key ${key} is there twice: give each choice its own`,
    })),
    ...ids.flatMap((id) =>
      repeated(menu.choices.flatMap(({ words }) => [...new Set((named(words, id) ?? []).map(spoken))])).map((word) => ({
        path: at,
        message: `"${word}" in "${id}" means two choices: keep it in one`,
      })),
    ),
    ...menu.choices.flatMap(({ key, words }, index) => [
      ...unknownLanguages(words, ids).map((id) => ({
        path: [...at, index, 'words', id],
        message: `"${id}" is none of languages: add it there, or remove these words`,
      })),
      ...ids
        .filter((id) => key === undefined && !named(words, id)?.length)
        .map((id) => ({ path: [...at, index], message: `nothing chooses it in "${id}": give it a key or words` })),
    ]),
  ];
}

/** What is there more than once, each once. */
const repeated = (values: readonly (string | undefined)[]): string[] => [
  ...new Set(values.filter((value, at) => value !== undefined && values.indexOf(value) !== at) as string[]),
];
