import { createRemoteJWKSet, customFetch, errors, jwtVerify, type RemoteJWKSet } from 'jose';
import { createBoundedFetch, FetchPausedError, FetchUnavailableError } from './bounded-fetch.ts';

/**
 * Signatures with a key pair alone: with a shared secret (HS256) whoever knows the public key could sign, and `none` is no signature.
 * Source of the names: RFC 7518, section 3.1; RFC 8037.
 */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** Clocks differ by seconds: `exp` and `nbf` are taken with so much tolerance. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** A key that the issuer takes back is still believed for so long. */
const KEYS_MAX_AGE_MS = 600_000;
/** A token with a key that nobody knows makes us ask for the keys again, and so often at most. */
const KEYS_COOLDOWN_MS = 30_000;
const FETCH_LIMITS = { timeoutMs: 5_000, bytesMax: 262_144, pauseMs: 5_000 };

export interface OidcIssuerOptions {
  issuer: string;
  audience: string;
  /** Where the keys are; absent: where the issuer's `/.well-known/openid-configuration` says. */
  jwksUrl?: string | undefined;
  clock: () => Date;
  keysCooldownMs?: number;
  fetchPauseMs?: number;
}

type Claims = Readonly<Record<string, unknown>>;

/** What an access token says, once it is believed; or why it is not. */
type Verified = { outcome: 'good'; claims: Claims } | { outcome: 'bad'; why: string } | { outcome: 'unavailable' };

export interface OidcIssuer {
  verify(token: string): Promise<Verified>;
}

/** The identity provider of a company, whose access tokens are verified by the keys that it publishes. */
export function createOidcIssuer(options: OidcIssuerOptions, onUnavailable: (error: Error) => void): OidcIssuer {
  const { issuer, audience, clock, keysCooldownMs = KEYS_COOLDOWN_MS, fetchPauseMs = FETCH_LIMITS.pauseMs } = options;
  const boundedFetch = createBoundedFetch({ ...FETCH_LIMITS, pauseMs: fetchPauseMs });
  let keys: RemoteJWKSet | undefined;
  const findKeys = async (): Promise<RemoteJWKSet> => {
    const url = new URL(options.jwksUrl ?? (await discover(issuer, boundedFetch)));
    const limits = {
      timeoutDuration: FETCH_LIMITS.timeoutMs,
      cooldownDuration: keysCooldownMs,
      cacheMaxAge: KEYS_MAX_AGE_MS,
    };
    keys ??= createRemoteJWKSet(url, { ...limits, [customFetch]: boundedFetch });
    return keys;
  };
  return {
    verify: async (token) => {
      try {
        const { payload } = await jwtVerify(token, keys ?? (await findKeys()), {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: clock(),
          requiredClaims: ['sub', 'exp'],
        });
        return { outcome: 'good', claims: payload };
      } catch (error) {
        const why = whyBad(error);
        if (why !== undefined) return { outcome: 'bad', why };
        // Once for each time that it was tried, not for each token.
        if (!(error instanceof FetchPausedError)) onUnavailable(error as Error);
        return { outcome: 'unavailable' };
      }
    },
  };
}

/** Source: OpenID Connect Discovery 1.0, section 4. @throws FetchUnavailableError */
async function discover(issuer: string, boundedFetch: (url: string) => Promise<Response>): Promise<string> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = (await (await boundedFetch(address)).json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (found.issuer !== issuer) throw new FetchUnavailableError(`${address} is not of the issuer ${issuer}`);
  if (typeof found.jwks_uri !== 'string' || !URL.canParse(found.jwks_uri)) {
    throw new FetchUnavailableError(`${address} names no jwks_uri`);
  }
  return found.jwks_uri;
}

/** By the token's own fault, in words that say nothing of what else it contains; `undefined` where it is the issuer's. */
function whyBad(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return error.claim === 'nbf'
      ? 'it is not valid yet'
      : `its claim "${error.claim}" is missing or not what is expected here`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) return `it is not signed by one of ${ALGORITHMS.join(', ')}`;
  if (error instanceof errors.JWKSNoMatchingKey) return 'it is signed with a key that its issuer does not publish';
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return 'it does not say which of the issuer’s keys it is signed with';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is not its issuer’s';
  const isMalformed = [errors.JWSInvalid, errors.JWTInvalid, errors.JOSENotSupported].some(
    (kind) => error instanceof kind,
  );
  return isMalformed ? 'it is not a signed token' : undefined;
}
