import { createHash, timingSafeEqual } from 'node:crypto';
import { unauthorised } from './errors.ts';

export interface Credentials {
  accountSid: string;
  authToken: string;
  /** API keys (SK…) with their secrets. */
  apiKeys: Readonly<Record<string, string>>;
}

/**
 * HTTP Basic with the account and its token, or with an API key and its secret.
 * @throws HTTPException 401, Twilio's error 20003
 */
export function authorize({ accountSid, authToken, apiKeys }: Credentials, header: string | undefined): void {
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? [];
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const secret = user === accountSid ? authToken : apiKeys[user];
  if (secret === undefined || !isSame(rest.join(':'), secret)) throw unauthorised();
}

const isSame = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string) => createHash('sha256').update(text).digest();
