import { timingSafeEqual } from 'node:crypto';
import { parse } from 'node:querystring';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { SignedRequest } from './signature.ts';

/** What differs between what was checked and what was signed, each with what a person does about it. */
export const NEAR_MISSES = {
  'body-hash':
    'the address was signed, but its bodySHA256 is not the hash of the body: nothing in between may rewrite the body',
  'no-body-hash': 'the address was signed without bodySHA256, which covers a JSON body: send a form, or add the hash',
  'other-account': 'another configured account’s token signed it: AccountSid and token must be of one account',
  'api-key-secret': 'an API key’s secret signed it: Twilio signs with the account’s primary auth token only',
  scheme: 'Twilio called the address with the other of http and https: give PUBLIC_BASE_URL the one that Twilio has',
  port: 'Twilio called another port: give PUBLIC_BASE_URL the port of the address that Twilio has',
  'trailing-slash': 'Twilio’s address differs by a slash at the end of its path: a proxy must pass the path as it is',
  'path-prefix': 'Twilio’s address has another path before /webhooks or /voice: give PUBLIC_BASE_URL the path it has',
  host: 'Twilio called the address in the Host or X-Forwarded-Host header: add that one to PUBLIC_BASE_URL',
  query: 'the query was not there when Twilio signed: a proxy must pass the address as it is',
  'body-unsigned': 'the form was not there when Twilio signed: the request was a GET that became a POST on its way',
  'body-in-query': 'the query was signed as a form: the request was a POST that became a GET on its way',
} as const;
export type NearMiss = keyof typeof NEAR_MISSES;

/** A request whose signature did not match, with what can be tried on it. */
export interface UnsignedRequest extends Omit<SignedRequest, 'url'> {
  /** The addresses that it was checked over, the likeliest first. */
  urls: readonly string[];
  /** The tokens that were tried. */
  tokens: readonly string[];
  otherTokens: readonly string[];
  apiKeySecrets: readonly string[];
  /** The paths of the public addresses, such as `/twilio`. */
  prefixes: readonly string[];
  /** What headers say about the address. Anybody can write them: they only explain, and nothing is accepted for them. */
  told: { hosts: readonly string[]; prefix?: string | undefined };
}

interface Candidate {
  miss: NearMiss;
  url: string;
  parameters?: SignedRequest['parameters'];
  tokens?: readonly string[];
}

/**
 * What would have to be otherwise for the signature to match, or undefined where nothing here makes it so. Each candidate costs
 * one HMAC for each token, so the caller limits how often this is asked. Never throws.
 */
export function findNearMiss(request: UnsignedRequest): { miss: NearMiss; url: string } | undefined {
  const { signature = '' } = request;
  const given = Buffer.from(signature);
  for (const { miss, url, parameters = request.parameters, tokens = request.tokens } of candidates(request)) {
    for (const token of tokens) {
      const expected = Buffer.from(webhooks.getExpectedTwilioSignature(token, url, parameters));
      if (expected.length === given.length && timingSafeEqual(expected, given)) return { miss, url };
    }
  }
  return undefined;
}

function* candidates(request: UnsignedRequest): Generator<Candidate> {
  const { urls, otherTokens, apiKeySecrets, rawBody } = request;
  for (const url of urls) {
    if (rawBody !== undefined) yield { miss: /[?&]bodySHA256=/.test(url) ? 'body-hash' : 'no-body-hash', url };
    yield { miss: 'other-account', url, tokens: otherTokens };
    yield { miss: 'api-key-secret', url, tokens: apiKeySecrets };
  }
  for (const url of urls) yield* otherAddresses(url, request);
  for (const url of urls) yield* otherPlaces(url);
}

/** Ports that services listen on behind a tunnel, besides those that headers name. */
const USUAL_PORTS = ['443', '80', '8443', '8080'];

function* otherAddresses(url: string, { told, prefixes }: UnsignedRequest): Generator<Candidate> {
  const { scheme, host, path, query } = partsOf(url);
  const other = scheme === 'https' ? 'http' : 'https';
  const hostname = host.replace(PORT, '');
  const target = path + query;
  yield { miss: 'scheme', url: `${other}://${host}${target}` };
  const toldPorts = told.hosts.flatMap((name) => PORT.exec(name)?.[1] ?? []);
  for (const port of new Set([...toldPorts, ...USUAL_PORTS])) {
    yield { miss: 'port', url: `${scheme}://${hostname}:${port}${target}` };
  }
  const slashed = path.endsWith('/') ? path.replace(/\/$/, '') : `${path}/`;
  yield { miss: 'trailing-slash', url: `${scheme}://${host}${slashed}${query}` };
  for (const prefix of prefixes) {
    if (!path.startsWith(`${prefix}/`)) continue;
    yield { miss: 'path-prefix', url: `${scheme}://${host}${target.slice(prefix.length)}` };
  }
  if (told.prefix !== undefined) yield { miss: 'path-prefix', url: `${scheme}://${host}${told.prefix}${target}` };
  for (const name of told.hosts) {
    for (const its of ['https', 'http']) yield { miss: 'host', url: `${its}://${name}${target}` };
  }
}

/** The same address, with what was signed beside it in another place. */
function* otherPlaces(url: string): Generator<Candidate> {
  const { scheme, host, path, query } = partsOf(url);
  yield { miss: 'body-unsigned', url, parameters: {} };
  if (query === '') return;
  const bare = `${scheme}://${host}${path}`;
  yield { miss: 'query', url: bare };
  yield { miss: 'body-in-query', url: bare, parameters: parse(query.slice(1)) as Record<string, string | string[]> };
}

const PORT = /:(\d{1,5})$/;
const ADDRESS = /^([a-z]+):\/\/([^/?#]*)([^?]*)(.*)$/is;

function partsOf(url: string) {
  const [, scheme = '', host = '', path = '', query = ''] = ADDRESS.exec(url) ?? [];
  return { scheme: scheme.toLowerCase(), host, path, query };
}
