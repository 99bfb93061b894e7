import type { WebhookTarget } from '../twilio/prepare-webhook.ts';
import { BODY_BYTES_MAX } from '../twilio/send-webhook.ts';
import type { Parameters } from '../twilio/signature.ts';
import { parseTwiml, type TwimlElement, TwimlError } from '../twilio/twiml.ts';
import { voiceParameters } from './call-parameters.ts';
import type { Session } from './session.ts';

/** A TwiML document and where it came from: its relative URLs start there. */
export interface TwimlDocument {
  url: string;
  verbs: readonly TwimlElement[];
}

/** The number's voice URL has no TwiML to give: the user's own application answers the call. */
const NOT_CONFIGURED = 404;

/**
 * Asks for TwiML.
 * @returns undefined when the URL answers 404
 * @throws TwimlError 11200 (no usable answer), 11205 (no answer), 11750 (too long), 12100, 12102, 12300
 */
export async function fetchTwiml(
  session: Session,
  target: WebhookTarget,
  extra: Parameters = [],
): Promise<TwimlDocument | undefined> {
  const { leg, requests } = session;
  const answer = await requests.ask(target, voiceParameters(leg, leg.status, extra));
  const { status, contentType = '', body = '', error } = answer;
  if (status === undefined) throw new TwimlError(`11205 ${target.url} gave no answer (${error})`);
  if (status === NOT_CONFIGURED) return undefined;
  if (status < 200 || status >= 300) throw new TwimlError(`11200 ${target.url} answered ${status}`);
  if (body.length > BODY_BYTES_MAX) throw new TwimlError(`11750 the TwiML of ${target.url} is longer than 64 kB`);
  if (status === 204 || body.trim() === '') return { url: target.url, verbs: [] };
  if (!/^(text|application)\/(.*\+)?xml\b|^text\/html\b/.test(contentType)) {
    throw new TwimlError(`12300 ${target.url} answered with Content-Type "${contentType}" instead of text/xml`);
  }
  return { url: target.url, verbs: parseTwiml(body) };
}

/** @throws TwimlError 11100 for what is no URL */
export function resolveUrl(text: string, base: string): string {
  if (!URL.canParse(text, base)) throw new TwimlError(`11100 "${text}" is no URL`);
  return new URL(text, base).href;
}

/** @throws TwimlError 13xxx-like for a method that Twilio does not know */
export function readMethod(text: string | undefined): 'GET' | 'POST' {
  if (text === undefined || text === 'POST' || text === 'GET') return text ?? 'POST';
  throw new TwimlError(`12200 "${text}" is no method; TwiML knows GET and POST`);
}
