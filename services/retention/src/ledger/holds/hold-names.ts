import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import type { HoldSelector } from '../../domain/hold.ts';
import { namesOf } from '../../erasures/subject-names.ts';
import type { Pseudonyms } from '../../pseudonyms.ts';

/** The selector with the stand-ins of every spelling of its number; a hold of before has to be given them. */
export function withNames(selector: HoldSelector, pseudonyms: Pseudonyms): HoldSelector {
  const { number, names } = selector;
  if (number === undefined || names !== undefined) return selector;
  // In place of a number an earlier version may have put its pseudonym.
  const e164 = readPhoneNumber(number)?.e164;
  return e164 === undefined ? selector : { ...selector, names: namesOf(pseudonyms, e164) };
}
