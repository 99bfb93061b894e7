import { createHash } from 'node:crypto';
import type { OidcIssuer } from '../adapters/oidc-issuer.ts';
import { type ClaimMapping, type Person, personOf } from '../domain/person.ts';

/** What became of an access token of the identity provider. */
export type PersonCheck =
  | { outcome: 'good'; person: Person }
  | { outcome: 'bad'; why: string }
  | { outcome: 'unavailable' };

export interface People {
  check(token: string): Promise<PersonCheck>;
}

export const createPeople = (issuer: OidcIssuer, mapping: ClaimMapping): People => ({
  check: async (token) => {
    const verified = await issuer.verify(token);
    if (verified.outcome !== 'good') return verified;
    const person = personOf(verified.claims, mapping, hash);
    return typeof person === 'string' ? { outcome: 'bad', why: person } : { outcome: 'good', person };
  },
});

const hash = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22);
