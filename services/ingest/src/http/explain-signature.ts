import { findNearMiss, NEAR_MISSES, type NearMiss } from '@onrecord/shared/twilio/near-misses';
import type { SignedRequest } from '@onrecord/shared/twilio/signature';
import { createBoundInTime } from '../bound-in-time.ts';
import type { Asked } from './asked.ts';

/** What a request that Twilio seems not to have signed was checked with. */
export interface CheckedRequest extends Omit<SignedRequest, 'url'> {
  urls: readonly string[];
  tokens: readonly string[];
  otherTokens: readonly string[];
  apiKeySecrets: readonly string[];
  prefixes: readonly string[];
}

export interface Explanation {
  reason: string;
  remedy: string;
  /** For the metric: what was nearly right, or why that is not said. */
  nearMiss: NearMiss | 'none' | 'not-looked-for';
  /** The address that was signed, where that is known. */
  signed?: string | undefined;
}

/**
 * Looking for a near miss costs a signature over the whole body for each candidate, address and token, and anybody can cause it:
 * enough in a minute for whoever mends a setting, and nothing that a flood of requests can make expensive.
 */
const LOOKS_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

export interface Looks {
  /** `isNamed`: the request says that it is of a configured account. */
  take(nowMs: number, isNamed: boolean): boolean;
}

/**
 * Gives out at most so many looks in each minute, and as many again to what names a configured account: whoever does not know its SID
 * cannot use up those that explain a setting of ours.
 */
export function createLooks(perMinute: number = LOOKS_PER_MINUTE): Looks {
  const [named, others] = [createBoundInTime(perMinute, MINUTE_MS), createBoundInTime(perMinute, MINUTE_MS)];
  return { take: (nowMs, isNamed) => (isNamed ? named(nowMs) : others(nowMs)) };
}

const NO_NEAR_MISS =
  'PUBLIC_BASE_URL must be the address that Twilio calls, and TWILIO_AUTH_TOKEN the account’s primary token, after a rotation the new one; or a proxy changes the path or removes the query';

/** Why a signature does not match, in terms of what a person can change. */
export function explainSignature(c: Asked, request: CheckedRequest, mayLook: () => boolean): Explanation {
  if (request.signature === undefined) {
    const remedy = 'only Twilio’s requests are served here; a proxy must pass the X-Twilio-Signature header on';
    return { reason: 'no X-Twilio-Signature header', remedy, nearMiss: 'not-looked-for' };
  }
  const mismatch = 'the signature does not match';
  if (isLong(request) || !mayLook()) return { reason: mismatch, remedy: NO_NEAR_MISS, nearMiss: 'not-looked-for' };
  const found = findNearMiss({ ...request, told: toldAddress(c) });
  if (found === undefined) {
    return { reason: `${mismatch}: no configured token signed this`, remedy: NO_NEAR_MISS, nearMiss: 'none' };
  }
  return { reason: mismatch, remedy: NEAR_MISSES[found.miss], nearMiss: found.miss, signed: found.url };
}

/** A configuration that is wrong for a long alert is so for callbacks as well, of which the near miss costs little. */
const LOOKED_AT_CHARACTERS_MAX = 65_536;

function isLong({ parameters }: CheckedRequest): boolean {
  let characters = 0;
  for (const [name, value] of Object.entries(parameters)) characters += name.length + String(value).length;
  return characters > LOOKED_AT_CHARACTERS_MAX;
}

function toldAddress(c: Asked) {
  const hosts = ['host', 'x-forwarded-host'].flatMap((name) => c.req.header(name)?.split(',')[0]?.trim() || []);
  const port = c.req.header('x-forwarded-port')?.trim();
  if (port !== undefined) hosts.push(...hosts.map((host) => `${host.replace(/:\d+$/, '')}:${port}`));
  const prefix = c.req.header('x-forwarded-prefix')?.trim().replace(/\/+$/, '');
  return { hosts: [...new Set(hosts)], prefix: prefix || undefined };
}
