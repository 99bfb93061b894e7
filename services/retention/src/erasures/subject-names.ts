import {
  replaceNumbers,
  spellingsIn,
  spellingsOf,
  spellingsWithCountry,
} from '@onrecord/shared/telephony/number-spellings';
import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import { mapTexts, textsIn } from '../domain/map-texts.ts';
import { isPseudonym, type Pseudonyms } from '../pseudonyms.ts';

/** What stands in place of a number, by its digits as they are written; nothing for what is to stay. */
export type Replacements = Pick<ReadonlyMap<string, string>, 'get'>;

/** The pseudonym of digits as they were written; of a whole number with its plus, this is the person's. */
const nameOf = (pseudonyms: Pseudonyms, digits: string): string => pseudonyms.of(digits);

/** The pseudonym of whoever has the number, in whatever spelling, or of which the pseudonym stands there already. */
export const personOf = (pseudonyms: Pseudonyms, text: string): string =>
  isPseudonym(text) ? text : pseudonyms.of(readPhoneNumber(text)?.e164 ?? text);

/** By what an erasure of this number finds it. */
export const namesOf = (pseudonyms: Pseudonyms, e164: string): string[] =>
  spellingsOf(e164).map((digits) => nameOf(pseudonyms, digits));

/**
 * By what an answer of whoever has the number finds calls: without what may be another country's number, since a refusal deletes. Where a
 * pseudonym has taken the number's place, that is all there is.
 */
export function namesOfPerson(pseudonyms: Pseudonyms, number: string): string[] {
  const e164 = readPhoneNumber(number)?.e164;
  if (e164 === undefined) return [personOf(pseudonyms, number)];
  return spellingsWithCountry(e164).map((digits) => nameOf(pseudonyms, digits));
}

/** One person's pseudonym, wherever one of the spellings stands that have these names. */
export const replacementsOf = (pseudonyms: Pseudonyms, names: readonly string[], party: string): Replacements => {
  const known = new Set(names);
  return { get: (digits) => (known.has(nameOf(pseudonyms, digits)) ? party : undefined) };
};

/** Everything in a value that could be a number, by its digits, with the pseudonym of these digits. */
export function namesIn(pseudonyms: Pseudonyms, value: unknown): Map<string, string> {
  const names = new Map<string, string>();
  for (const text of textsIn(value)) {
    for (const { digits } of spellingsIn(text)) {
      if (!names.has(digits)) names.set(digits, nameOf(pseudonyms, digits));
    }
  }
  return names;
}

/** The numbers that are written out in these texts, each in all of its spellings. */
export const replacementsFor = (
  pseudonyms: Pseudonyms,
  texts: readonly (string | null | undefined)[],
): [digits: string, party: string][] =>
  texts.flatMap((text) => {
    for (const { digits } of spellingsIn(text ?? '')) {
      const number = readPhoneNumber(digits);
      if (number === undefined) continue;
      const party = pseudonyms.of(number.e164);
      return spellingsOf(number.e164).map((spelling): [string, string] => [spelling, party]);
    }
    return [];
  });

/** A text as it is once everybody was erased whose number stands in it, with its plus or without. */
export function asErased(pseudonyms: Pseudonyms, text: string): string {
  const whole = [...spellingsIn(text)].map(({ digits }) => `+${digits.replace('+', '')}`);
  return withoutNumbers(text, new Map(replacementsFor(pseudonyms, [text, ...whole])));
}

/** The same value with pseudonyms in place of numbers. */
export const withoutNumbers = <T>(value: T, replacements: Replacements): T =>
  mapTexts(value, (text) => replaceNumbers(text, (digits) => replacements.get(digits)));
