import { type CountryCode, ParseError, type PhoneNumber, parsePhoneNumberWithError } from 'libphonenumber-js/min';

/** A telephone number, whoever wrote it how. */
export interface ReadPhoneNumber {
  /** `+` and at most 15 digits (ITU-T E.164): the one spelling of it. */
  e164: string;
  /** ISO 3166-1 alpha-2; absent where the numbering plan alone does not tell, such as +1 555 or +800. */
  country?: string;
  /** The three digits after +1, of numbers of the North American Numbering Plan. */
  areaCode?: string;
}

/** What dials out of a country with the prefix 00, as most do; used for that prefix alone. Source: ITU-T E.123 and E.164. */
const DIALS_OUT_WITH_00: CountryCode = 'DE';

/** A number of any length more is not one; the library reads no more than this either. */
const TEXT_MAX = 250;

/**
 * What Twilio gives as the caller who withholds a number, spelt on the keys of a telephone: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and
 * UNAVAILABLE. They are many people, and nobody's number. Source: what others report of Twilio's requests, all five in public code and
 * the first in Doorkeeper's "Using Twilio to Screen Nuisance Callers"; no page of Twilio's that says so could be opened.
 */
const WITHHELD_CALLER: ReadonlySet<string> = new Set([
  '+266696687',
  '+7378742833',
  '+2562533',
  '+8656696',
  '+86282452253',
]);

/**
 * Reads a number that says its country: `+1 (415) 555-2671`, `tel:+1-415-555-2671`, `0044 20 7183 8750`. By Google's libphonenumber.
 * @returns `undefined` for what is no such number: one without its country, a SIP address, a client's name, another length than its
 * numbering plan has
 */
export function readPhoneNumber(text: string): ReadPhoneNumber | undefined {
  const written = text.normalize('NFKC').trim();
  if (written.length > TEXT_MAX) return undefined;
  const number = parse(written);
  if (!number?.isPossible() || WITHHELD_CALLER.has(number.number)) return undefined;
  return {
    e164: number.number,
    ...(number.country && { country: number.country }),
    ...(number.countryCallingCode === '1' && { areaCode: number.nationalNumber.slice(0, 3) }),
  };
}

function parse(text: string): PhoneNumber | undefined {
  const country = text.startsWith('00') ? { defaultCountry: DIALS_OUT_WITH_00 } : {};
  try {
    // A number within other text is nobody's spelling of it; a tel: address (RFC 3966) is.
    return parsePhoneNumberWithError(text, { ...country, extract: /^tel:/i.test(text) });
  } catch (error) {
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
