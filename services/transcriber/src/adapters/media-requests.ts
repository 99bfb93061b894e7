import type { LookupFunction } from 'node:net';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { Agent, type Dispatcher, request } from 'undici';
import { STAGES } from '../domain/stages.ts';
import { lookupPublic, refusePrivateHost } from './public-address.ts';

export interface MediaRequestsOptions {
  /** `https://api.twilio.com`, or where a simulator listens. */
  apiUrl: string;
  /** The header's value; it goes to `apiUrl` alone. */
  authorization: string;
  connectTimeoutMs: number;
  /** From the request to the answer's headers. */
  headersTimeoutMs: number;
  /** Between two pieces of the body. */
  bodyTimeoutMs: number;
  /** Redirects that are followed for one recording. */
  redirectsMax: number;
  /** How the names of other hosts become addresses. Default: to public ones alone. */
  lookup?: LookupFunction | undefined;
}

export type Answer = Dispatcher.ResponseData;

/** An answer that is no redirect, and where it came from. */
export interface Reached {
  answer: Answer;
  url: URL;
}

export interface MediaRequests {
  /** @throws StageError, PrivateAddressError, errors of the connection */
  follow(start: URL, accept: string, signal: AbortSignal): Promise<Reached>;
  close(): Promise<void>;
}

const REDIRECTS = [301, 302, 303, 307, 308];

/** Requests whose redirects are followed by hand. Credentials go to the configured host alone; other hosts must be public. */
export function createMediaRequests(options: MediaRequestsOptions): MediaRequests {
  const connect = { timeout: options.connectTimeoutMs };
  const twilio = new Agent({ connect });
  const elsewhere = new Agent({ connect: { ...connect, lookup: options.lookup ?? lookupPublic } });
  const origin = new URL(options.apiUrl).origin;
  const { authorization } = options;

  const ask = async (url: URL, accept: string, signal: AbortSignal): Promise<Answer> => {
    const isTwilio = url.origin === origin;
    if (!isTwilio) refuseHost(url, origin);
    const answer = await request(url, {
      dispatcher: isTwilio ? twilio : elsewhere,
      signal,
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.bodyTimeoutMs,
      headers: { accept, 'accept-encoding': 'identity', ...(isTwilio ? { authorization } : {}) },
    });
    // A body that breaks while nobody reads it must not end the process; whoever reads it sees the error.
    answer.body.on('error', () => {});
    return answer;
  };

  return {
    follow: async (start, accept, signal) => {
      let url = start;
      for (let redirects = 0; redirects <= options.redirectsMax; redirects += 1) {
        const answer = await ask(url, accept, signal);
        if (!REDIRECTS.includes(answer.statusCode)) return { answer, url };
        discard(answer);
        url = redirectTarget(answer, url);
      }
      const message = `more than ${options.redirectsMax} redirects, the last one to ${url.host}`;
      throw new StageError(STAGES.mediaFetch, message, { kind: 'transient' });
    },
    close: async () => {
      await Promise.all([twilio.destroy(), elsewhere.destroy()]);
    },
  };
}

/** Frees the connection; what the body says about an error is not needed. */
export function discard(answer: Answer): void {
  answer.body.destroy();
}

function redirectTarget({ headers }: Answer, from: URL): URL {
  const location = [headers.location].flat()[0];
  if (location !== undefined && URL.canParse(location, from.href)) return new URL(location, from.href);
  throw new StageError(STAGES.mediaFetch, `${from.host} redirected to nowhere`, { kind: 'transient' });
}

/** @throws StageError, PrivateAddressError */
function refuseHost(url: URL, origin: string): void {
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && origin.startsWith('http:'))) {
    const message = `a redirect to ${url.protocol}//${url.host} is not followed: it is not https`;
    throw new StageError(STAGES.mediaFetch, message, { kind: 'permanent' });
  }
  refusePrivateHost(url);
}
