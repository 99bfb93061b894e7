import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What an answer of the speech provider belongs to. */
export interface CallbackSubject {
  /** The recording's folder in the store, ending in `/`: it names the account and the recording. */
  folder: string;
  /** Of the audio that is transcribed; lower-case hex. */
  audioSha256: string;
  /** Of what is asked for; lower-case hex. */
  optionsFingerprint: string;
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const claims = z.strictObject({
  folder: z.string().regex(/^AC[0-9a-f]{32}\/\d{4}\/\d{2}\/\d{2}\/(?:C[AF][0-9a-f]{32}|no-call)\/RE[0-9a-f]{32}\/$/),
  audio: sha256,
  options: sha256,
  /** Seconds since 1970. */
  until: z.number().int().positive(),
});

/** Who calls back, beside the password. */
const USER = 'onrecord';
const FORM = /^([A-Za-z0-9_-]{1,1024})\.([A-Za-z0-9_-]{43})$/;

/**
 * The address for one answer: `{baseUrl}/webhooks/transcription/{token}`, with a user and a password, which the provider presents by Basic
 * auth: an address alone ends in the log of a proxy. All of it is a secret.
 * @param baseUrl without a trailing slash
 */
export function transcriptionCallbackUrl(
  baseUrl: string,
  { folder, audioSha256: audio, optionsFingerprint: options }: CallbackSubject,
  { secret, until }: { secret: string; until: Date },
): string {
  const said = { folder, audio, options, until: Math.floor(until.getTime() / 1_000) };
  const payload = Buffer.from(JSON.stringify(claims.parse(said))).toString('base64url');
  const url = new URL(`${baseUrl}/webhooks/transcription/${payload}.${sign('token', payload, secret)}`);
  url.username = USER;
  url.password = sign('password', payload, secret);
  return url.href;
}

/** Why a callback is not one that was asked for. */
export type CallbackRefusal = 'malformed' | 'not-signed' | 'expired' | 'credentials';

/**
 * Checks a token and the credentials that came with it, each in constant time.
 * @param authorization the request's header
 */
export function readTranscriptionCallback(
  token: string,
  authorization: string | undefined,
  { secret, now }: { secret: string; now: Date },
): { subject: CallbackSubject } | { refusal: CallbackRefusal } {
  const [, payload, signature] = FORM.exec(token) ?? [];
  if (payload === undefined || signature === undefined) return { refusal: 'malformed' };
  if (!isSame(signature, sign('token', payload, secret))) return { refusal: 'not-signed' };
  const { folder, audio, options, until } = claims.parse(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  if (now.getTime() >= until * 1_000) return { refusal: 'expired' };
  const credentials = Buffer.from(`${USER}:${sign('password', payload, secret)}`).toString('base64');
  if (!isSame((authorization ?? '').replace(/^basic +/i, ''), credentials)) return { refusal: 'credentials' };
  return { subject: { folder, audioSha256: audio, optionsFingerprint: options } };
}

const sign = (what: 'token' | 'password', payload: string, secret: string): string =>
  createHmac('sha256', secret).update(`onrecord transcription callback ${what} 1\n${payload}`).digest('base64url');

/** Of a length that differs nothing is learnt: how long the right one is, is no secret. */
function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
