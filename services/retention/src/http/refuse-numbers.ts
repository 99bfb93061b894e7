import { isPhoneLike } from '@onrecord/shared/telephony/phone-like';
import { ProblemError } from './problems.ts';

/**
 * Refuses a text that is kept as it is, and that no erasure looks into, where something in it looks like a telephone number.
 * @param member where it stands in the request; the text itself is not repeated
 * @throws ProblemError
 */
export function refuseNumbers(member: string, text: string): void {
  if (!isPhoneLike(text)) return;
  const why = 'there is something like a telephone number in it, which an erasure would not find';
  const remedy =
    'name the person in another way; where it is a file number, write letters beside its digits, such as case20260012345';
  throw new ProblemError('like-a-number', `${member}: ${why}: ${remedy}.`);
}
