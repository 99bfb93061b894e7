import { createHash, randomUUID } from 'node:crypto';
import { type Parameters, signedUrl, twilioSignature } from './signature.ts';

export interface WebhookTarget {
  /** Absolute; its fragment may carry connection overrides. */
  url: string;
  method: 'GET' | 'POST';
}

export interface WebhookRequest extends WebhookTarget {
  parameters: Parameters;
  /** Posted as it is in place of a form, as Event Streams does; the signature covers its hash in the query. */
  json?: string;
  /** The same on each retry of one delivery. */
  idempotencyToken?: string;
}

/** A request as it goes onto the wire, the same on each attempt. */
export interface PreparedRequest {
  url: URL;
  method: 'GET' | 'POST';
  headers: Record<string, string>;
  body: string | undefined;
}

/** Form and signature; a user and password in the URL become HTTP Basic, as with Twilio. */
export function prepareWebhook(
  authToken: string,
  { url, method, parameters, json, idempotencyToken }: WebhookRequest,
): PreparedRequest {
  const form = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString();
  const isPost = method === 'POST';
  const bare = url.split('#')[0] ?? url;
  const query = json === undefined ? (isPost ? '' : form) : `bodySHA256=${sha256(json)}`;
  const target = query === '' ? bare : `${bare}${bare.includes('?') ? '&' : '?'}${query}`;
  const { username, password } = new URL(target);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  return {
    url: withoutUser(target),
    method,
    headers: {
      'user-agent': 'TwilioProxy/1.1',
      accept: '*/*',
      'x-twilio-signature': twilioSignature(
        authToken,
        signedUrl(target),
        isPost && json === undefined ? parameters : [],
      ),
      'i-twilio-idempotency-token': idempotencyToken ?? randomUUID(),
      ...(username === '' ? {} : { authorization: `Basic ${credentials}` }),
      ...(isPost ? { 'content-type': json === undefined ? FORM : 'application/json' } : {}),
    },
    body: json ?? (isPost ? form : undefined),
  };
}

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

function withoutUser(text: string): URL {
  const url = new URL(text);
  url.username = '';
  url.password = '';
  return url;
}
