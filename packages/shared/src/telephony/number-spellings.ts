import { parsePhoneNumberWithError } from 'libphonenumber-js/min';

/** A run of digits that could be a telephone number, where it stands in a text. */
export interface Spelling {
  /** Where its first character is, a plus before it included, and where what follows it begins. */
  start: number;
  end: number;
  /** Without anything between them; behind a `+` where there was one, as such or as `%2B`. */
  digits: string;
}

/** ITU-T E.164: a number has at most 15 digits. Shorter than 7 are short codes, which are nobody's. */
const DIGITS_MIN = 7;
const DIGITS_MAX = 15;
/** What may be dialled before or written within one: an international prefix (011) or a trunk's zero. */
const PREFIX_DIGITS_MAX = 4;

/** Groups of digits with at most three characters between them, as people and URLs write numbers. */
const GROUPED = /(?:\+|%2B)?(?:\(|%28)?\d+(?:(?:%2[089B]|[\s()./+-]){1,3}\d+)*/gi;
const GROUP = /%2[09]|((?:\+|%2B)?(?:\(|%28)?)(\d+)/gi;

/**
 * Every way to read a telephone number in a text, longest first at each place: digits alone say nothing of where it begins and ends.
 * What to do with it is the caller's to say, who knows which numbers are meant.
 */
export function* spellingsIn(text: string): Generator<Spelling> {
  for (const { 0: run, index } of text.matchAll(GROUPED)) {
    const groups = groupsOf(run, index);
    for (const [first, { start, plus }] of groups.entries()) {
      let digits = '';
      const found: Spelling[] = [];
      for (let next = first; next < groups.length; next += 1) {
        const group = groups[next];
        digits += group?.digits ?? '';
        if (digits.length > DIGITS_MAX + PREFIX_DIGITS_MAX) break;
        if (group && digits.length >= DIGITS_MIN) found.push({ start, end: group.end, digits: plus + digits });
      }
      yield* found.reverse();
    }
  }
}

const groupsOf = (run: string, at: number) =>
  [...run.matchAll(GROUP)].flatMap(({ 0: whole, 1: before = '', 2: digits, index }) =>
    digits === undefined
      ? []
      : [{ start: at + index, end: at + index + whole.length, plus: /\+|%2B/i.test(before) ? '+' : '', digits }],
  );

/**
 * How a number is written as digits alone: with its country's code, with a prefix that dials out of a country, as it is dialled within
 * its country, and with the zero in parentheses that belongs to neither. What begins with a plus is no other number's spelling.
 * @param e164 a number as `readPhoneNumber` gives it
 */
export function spellingsOf(e164: string): string[] {
  const { nationalNumber: national } = parsePhoneNumberWithError(e164);
  return [...spellingsWithCountry(e164), national, `0${national}`];
}

/** Of these, those that say which country's number it is: digits as they are dialled within a country are other people's in others. */
export function spellingsWithCountry(e164: string): string[] {
  const { countryCallingCode: code, nationalNumber: national } = parsePhoneNumberWithError(e164);
  const digits = `${code}${national}`;
  return [e164, `+${code}0${national}`, digits, `00${digits}`, `011${digits}`, `${code}0${national}`];
}

/** The same text with numbers replaced: `by` gives what stands in a number's place, or nothing where it stays. */
export function replaceNumbers(text: string, by: (digits: string) => string | undefined): string {
  let replaced = '';
  let done = 0;
  for (const { start, end, digits } of spellingsIn(text)) {
    if (start < done) continue;
    const other = by(digits);
    if (other === undefined) continue;
    replaced += text.slice(done, start) + other;
    done = end;
  }
  return replaced + text.slice(done);
}
