import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtInVoiceFile } from './built-in-file.ts';
import { readVoiceFile } from './read-voice-file.ts';
import { voiceFileJsonSchema } from './voice-file-schema.ts';

const at = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const example = at('../../deploy/voice.example.json');

type Json = { [name: string]: Json };

/** The example with something else at a path; `undefined` takes away what is there. */
function spoiled(changes: Record<string, unknown>): readonly string[] {
  const file = JSON.parse(example) as Json;
  for (const [path, value] of Object.entries(changes)) {
    const parts = path.split('/');
    const last = parts.pop() as string;
    const parent = parts.reduce((node, part) => node[part] as Json, file);
    if (value === undefined) delete parent[last];
    else Object.assign(parent, { [last]: value });
  }
  const reading = readVoiceFile(JSON.stringify(file));
  return 'problems' in reading ? reading.problems : [];
}

test('the example of the guide is accepted', () => {
  expect(readVoiceFile(example)).toMatchObject({ file: { start: { menu: 'main' } } });
});

test('the built-in file is a file that would be accepted', () => {
  const file = builtInVoiceFile('+14155550142');
  expect(readVoiceFile(JSON.stringify(file))).toEqual({ file });
});

test('the committed schema says what the code does: run `pnpm generate` when this fails', () => {
  expect(JSON.parse(at('contracts/voice-file.schema.json'))).toEqual(JSON.parse(JSON.stringify(voiceFileJsonSchema())));
});

const long = 'ü'.repeat(4_096);
const inLanguages = Object.fromEntries(['l1', 'l2', 'l3', 'l4'].map((id) => [id, long]));
const d1 = { destination: 'd1' };
const sixInTurn = Object.fromEntries(
  [1, 2, 3, 4, 5, 6].map((n) => {
    const after = n < 6 ? { busy: { destination: `d${n + 1}` } } : {};
    return [`d${n}`, { number: '+14155550142', after }];
  }),
);

test.each<[string, Record<string, unknown>, string]>([
  ['a prompt that is not there', { 'menus/main/prompt': 'x' }, 'menus.main.prompt: there is no prompt "x"'],
  ['a wording that is not there', { 'prompts/goodbye/de': undefined }, 'prompts.goodbye.de: the wording in "de"'],
  ['a language that is not there', { 'prompts/main/fr': 'x' }, 'prompts.main.fr: "fr" is none of languages'],
  ['no prompt for consent', { 'consent/prompt': undefined }, 'consent.prompt: mode "ask" needs a prompt'],
  ['one key for yes and no', { 'consent/keys/refuse': '1' }, 'consent.keys: "1" cannot mean yes and no'],
  [
    'one word for yes and no',
    { 'consent/speech/words/en/refuse/0': 'Yes!' },
    'consent.speech.words.en: "yes" cannot mean yes and no',
  ],
  [
    'no words in a language',
    { 'consent/speech/words/de': undefined },
    'consent.speech.words.de: the words in "de" are missing',
  ],
  [
    'a menu that is not there',
    { 'menus/main/choices/0/go': { menu: 'x' } },
    'menus.main.choices[0].go: there is no menu x: add it to menus, which has main',
  ],
  [
    'a destination that is not there',
    { 'destinations/sales/after/busy': { destination: 'x' } },
    'destinations.sales.after.busy: there is no destination x',
  ],
  [
    'what nothing leads to',
    { 'voicemails/lost': { consentPrompt: 'main', prompt: 'main', end: 'main' } },
    'voicemails.lost: nothing leads here',
  ],
  ['one key for two choices', { 'menus/main/choices/1/key': '1' }, 'menus.main.choices: key 1 is there twice'],
  [
    'one word for two choices',
    { 'menus/main/choices/1/words/en/0': 'Sales' },
    'menus.main.choices: "sales" in "en" means two choices',
  ],
  [
    'a choice that cannot be made',
    { 'menus/main/choices/2/key': undefined },
    'menus.main.choices[2]: nothing chooses it in "en"',
  ],
  [
    'a round without end',
    { 'menus/main/afterRetries': { menu: 'main' } },
    'menus.main.afterRetries: this goes round without end (menu main, menu main)',
  ],
  [
    'a round without end through numbers that do not answer',
    { 'destinations/sales-backup/after/busy': { destination: 'sales' } },
    'destinations.sales-backup.after.busy: this goes round without end',
  ],
  [
    'six numbers in turn',
    { destinations: sixInTurn, 'menus/main/choices/0/go': d1, 'menus/main/choices/1/go': d1, voicemails: {} },
    'destinations.d5.after.busy: more than 5 numbers are dialled in turn',
  ],
  [
    'a number of another form',
    { 'destinations/sales/number': '0800' },
    'destinations.sales.number: give an E.164 number',
  ],
  ['a number of two languages', { 'languages/1/numbers/0': '+14155550199' }, 'languages: number +14155550199 is'],
  ['a language without a key', { 'languages/1/key': undefined }, 'languages[1].key: languageChoice cannot offer "de"'],
  ['a place that is none', { start: { queue: 'x' } }, 'start: give one of {"menu": …}'],
  ['another version of the format', { version: 2 }, 'version: give 1'],
  [
    'a field that does not exist',
    { 'consent/onSilence': 'end' },
    'consent: there is no "onSilence" here: it takes "mode", "prompt", ',
  ],
  ['what is missing', { start: undefined, languages: undefined }, 'languages: it is missing: give a list: [ … ]'],
  ['none of the options', { 'consent/mode': 'x' }, 'consent.mode: give "ask" or "notice-only" or "off"'],
  ['too little', { 'consent/timeoutSeconds': 0 }, 'consent.timeoutSeconds: give at least 1'],
  ['half a second', { 'consent/timeoutSeconds': 1.5 }, 'consent.timeoutSeconds: give a whole number'],
  ['an empty list', { 'menus/main/choices': [] }, 'menus.main.choices: it is empty: give something'],
  ['a name of another form', { 'prompts/Hello': {} }, 'prompts.Hello: name things in small letters'],
  ['a fault after which nothing else is looked at', { start: 1 }, 'more may be found once this is mended'],
  [
    'more words than Twilio takes',
    {
      'menus/main/choices/0/words/en': Array.from({ length: 50 }, (_, n) => `${n}`.repeat(50)),
      'menus/main/choices/1/words/en': Array.from({ length: 50 }, (_, n) => `a${n}`.repeat(33)),
    },
    'menus.main.choices: their words in "en" have more than 5000 characters together',
  ],
  [
    'more wordings in one document than Twilio takes',
    {
      'prompts/choose-language': inLanguages,
      'prompts/choose-language/en': long,
    },
    'languageChoice.prompt: its wordings have more than 14000 characters together',
  ],
])('%s is named by its path, with what to do', (_, changes, expected) => {
  expect(spoiled(changes).join('\n')).toContain(expected);
});

test('every fault is told at once', () => {
  const told = spoiled({ 'menus/main/prompt': 'x', 'consent/keys/refuse': '1', start: { menu: 'x' } });
  expect(told).toHaveLength(3);
});

test('what is no JSON is told as such', () => {
  expect(readVoiceFile('{"version": 1,}')).toEqual({ problems: [expect.stringMatching(/^it is not JSON: /)] });
});
