import { createHash, timingSafeEqual } from 'node:crypto';
import { unauthorised } from './errors.ts';

export interface Credentials {
  accountSid: string;
  authToken: string;
  /** The secondary token: both open the API until the other one is given up. */
  nextAuthToken?: string | undefined;
  /** API keys (SK…) with their secrets. */
  apiKeys: Readonly<Record<string, string>>;
}

/**
 * HTTP Basic with the account and its token, or with an API key and its secret.
 * @throws HTTPException 401, Twilio's error 20003
 */
export function authorize(credentials: Credentials, header: string | undefined): void {
  const { accountSid, authToken, nextAuthToken, apiKeys } = credentials;
  const [, encoded = ''] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? [];
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const secrets = user === accountSid ? [authToken, nextAuthToken] : [apiKeys[user]];
  const given = rest.join(':');
  if (!secrets.some((secret) => secret !== undefined && isSame(given, secret))) throw unauthorised();
}

const isSame = (given: string, expected: string) => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string) => createHash('sha256').update(text).digest();
