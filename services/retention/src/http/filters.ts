import { z } from '@hono/zod-openapi';
import { readPhoneNumber } from '@onrecord/shared/telephony/phone-number';
import { namedMoment } from './schemas.ts';

/** An unescaped `+` in a query is a space (WHATWG URL, "application/x-www-form-urlencoded"). */
const unescaped = (text: string) => text.replace(/^ (?=\d)/, '+');

/** Digits as a number at home is written; a code of up to six is a short one, which is whole. */
const LOCAL_NUMBER = /^(?=(?:\D*\d){7})[\d\s().-]+$/;

/** Filters that several lists take. Moments are compared in UTC, whatever their offset. */
export const numberFilter = z
  .string()
  .min(1)
  .max(250)
  .overwrite((text) => readPhoneNumber(unescaped(text))?.e164 ?? text)
  // Nobody is called that, so nothing would be found: whoever looks for a person would take it that nothing is there.
  .refine((text) => !LOCAL_NUMBER.test(text), 'give a telephone number with its country, such as +14155550100')
  .optional()
  .openapi({
    description:
      'Somebody on the line, by a whole end of a leg: a number in any spelling that says its country, or an address such as sip:…. Not within an address, and not whom a pseudonym has replaced.',
    example: '+14155550100',
  });

export const sinceFilter = namedMoment.optional().openapi({ description: 'At this moment or later.' });
export const untilFilter = namedMoment.optional().openapi({ description: 'Before this moment.' });

/** A name of Twilio's, such as a source or a status. */
export const nameFilter = z
  .string()
  .regex(/^[A-Za-z-]{1,64}$/, 'give at most 64 letters and hyphens')
  .optional();
