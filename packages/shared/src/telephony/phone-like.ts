/** What has as many digits as a number and is none: pseudonyms, SIDs and digests, UUIDs, moments and days, IPv4 addresses. */
const HARMLESS = [
  /\bpsn_[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])/g,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  /\b\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?(?!\d)/g,
  /(?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![\d.])/g,
];

/**
 * Seven to fifteen digits, as ITU-T E.164 has them, in any usual spelling. Digits that letters touch, as in SIDs and digests, are no
 * number.
 */
const PHONE_LIKE = /(?<![\p{L}\d_])\+?\(?\d(?:[\s().\u00A0\u2010-\u2015-]{0,3}\d){6,14}(?![\p{L}\d_])/u;

/** Whether a text has something like a phone number in it. Errs on the side of finding one. */
export const isPhoneLike = (text: string): boolean =>
  PHONE_LIKE.test(HARMLESS.reduce((rest, pattern) => rest.replace(pattern, '|'), text));

/** Where in a value, such as `details.party`, the first text with something like a phone number is; names of members count too. */
export function phoneLikeIn(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return isPhoneLike(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, field] of Object.entries(value)) {
    // The name itself may be the number, and is not repeated to whoever reads the error.
    if (isPhoneLike(name)) return `a name in ${path || 'it'}`;
    const found = phoneLikeIn(field, path === '' ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Text that somebody chose freely, for an entry that is to be written whatever they chose. */
export const plainText = (text: string): string => (isPhoneLike(text) ? '[like a phone number]' : text);
