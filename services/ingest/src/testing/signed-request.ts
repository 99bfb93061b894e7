import webhooks from 'twilio/lib/webhooks/webhooks.js';

export const TOKEN = 'the-auth-token';
export const BASE = 'https://calls.example.com';
export const sid = (prefix: string, digit = 'a') => prefix + digit.repeat(32);
export const ACCOUNT = sid('AC');

/** A recording status callback as Twilio's pages show it, with an address that nobody may follow. */
export const RECORDING = {
  AccountSid: ACCOUNT,
  CallSid: sid('CA'),
  RecordingSid: sid('RE'),
  RecordingStatus: 'completed',
  RecordingDuration: '5',
  RecordingChannels: '2',
  RecordingStartTime: 'Tue, 28 May 2019 02:18:02 +0000',
  RecordingSource: 'StartCallRecordingTwiML',
  RecordingUrl: 'http://169.254.169.254/latest/meta-data',
  ErrorCode: '0',
};

export type Ask = [url: string, init: { method: string; headers: Record<string, string>; body?: string }];

interface Differences {
  token?: string;
  /** The public address that Twilio called. */
  base?: string;
  /** Where the request arrives. */
  at?: string;
}

const INTERNAL = 'http://internal:8080';

/** A form POST as Twilio sends it. */
export function post(path: string, parameters: Record<string, string>, differences: Differences = {}): Ask {
  const { token = TOKEN, base = BASE, at = INTERNAL } = differences;
  const body = new URLSearchParams(parameters).toString();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, `${base}${path}`, parameters),
  };
  return [`${at}${path}`, { method: 'POST', headers, body }];
}

/** A GET as Twilio sends it: everything is in the query, and the signature covers the address alone. */
export function get(path: string, query: string, { token = TOKEN, base = BASE, at = INTERNAL }: Differences = {}): Ask {
  const target = `${path}?${query}`;
  const signature = webhooks.getExpectedTwilioSignature(token, `${base}${target}`, {});
  return [`${at}${target}`, { method: 'GET', headers: { 'x-twilio-signature': signature } }];
}

/** A JSON POST: the hash of the body is in the query, which the signature covers. */
export function postJson(path: string, value: unknown): Ask {
  const body = JSON.stringify(value);
  const target = `${path}?bodySHA256=${webhooks.getExpectedBodyHash(body)}`;
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(TOKEN, `${BASE}${target}`, {}),
  };
  return [`${INTERNAL}${target}`, { method: 'POST', headers, body }];
}
