import { createHmac } from 'node:crypto';

export type Parameters = readonly (readonly [name: string, value: string])[];

/**
 * `X-Twilio-Signature` of a form request: the URL, then each parameter's name and value in the order of the names (case-sensitive,
 * equal names by value, repeated pairs once). A GET has its parameters in the URL and none here.
 * Source: Twilio "Webhooks security", "Validating signatures from Twilio".
 */
export function twilioSignature(authToken: string, url: string, parameters: Parameters): string {
  const pairs = [...new Map(parameters.map((pair) => [pair.join('\0'), pair])).values()];
  pairs.sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB));
  const text = pairs.reduce((sum, [name, value]) => sum + name + value, url);
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64');
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** The URL as Twilio signs it for voice: without user and password, without the fragment, and for https without the port. */
export function signedUrl(url: string): string {
  const [, scheme = '', authority = '', rest = ''] = /^([a-z]+:\/\/)([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  return scheme + (scheme.toLowerCase() === 'https://' ? host.replace(/:\d+$/, '') : host) + rest;
}
