import { isPhoneLike } from '@onrecord/shared/telephony/phone-like';
import { ROLES, type Role } from './roles.ts';

/** How the claims of an identity provider are read. A claim is named as it stands there, or by a path with dots. */
export interface ClaimMapping {
  roleClaim: string;
  /** From what the provider says to a role; where it says the role itself, nothing is needed. */
  roles: ReadonlyMap<string, Role>;
  /** With the AccountSids that a person may see; absent: everybody whom the provider vouches for sees all. */
  accountsClaim?: string | undefined;
  /** With the ends of call legs that are an agent's. */
  identitiesClaim: string;
}

export interface Person {
  id: string;
  name: string;
  role: Role;
  accounts: 'all' | readonly string[];
  agentIdentities?: readonly string[] | undefined;
}

type Claims = Readonly<Record<string, unknown>>;

/** Who has several roles has the one that may most. */
const BY_POWER: readonly Role[] = ['administrator', 'compliance', 'auditor', 'reviewer', 'agent'];
const NAME_CHARACTERS_MAX = 100;

/**
 * Whom the claims of a verified token describe.
 * @param hash stands in for a subject that looks like a phone number, which no audit entry may have
 * @returns what is missing, in words, where they describe nobody who may ask
 */
export function personOf(claims: Claims, mapping: ClaimMapping, hash: (text: string) => string): Person | string {
  const subject = String(claims.sub);
  const said = listIn(claims, mapping.roleClaim);
  const known = new Set(said.map((each) => mapping.roles.get(each) ?? ROLES.find((role) => role === each)));
  const role = BY_POWER.find((each) => known.has(each));
  if (role === undefined) return `its claim "${mapping.roleClaim}" names no role of this installation`;
  const accounts = accountsIn(claims, mapping.accountsClaim);
  if (accounts.length === 0) return `its claim "${mapping.accountsClaim}" names no account`;
  const agentIdentities = role === 'agent' ? listIn(claims, mapping.identitiesClaim) : undefined;
  if (agentIdentities?.length === 0)
    return `its claim "${mapping.identitiesClaim}" does not say whose calls an agent’s are`;
  const id = isPhoneLike(subject) || subject.length > 255 ? `sub_${hash(`${claims.iss} ${subject}`)}` : subject;
  return { id, name: nameIn(claims, subject), role, accounts, agentIdentities };
}

const nameIn = ({ preferred_username: user, name, email }: Claims, subject: string): string =>
  String([user, name, email].find((each) => typeof each === 'string' && each !== '') ?? subject).slice(
    0,
    NAME_CHARACTERS_MAX,
  );

const SID = /^AC[0-9a-f]{32}$/;

function accountsIn(claims: Claims, claim: string | undefined): 'all' | string[] {
  if (claim === undefined) return 'all';
  return listIn(claims, claim).filter((account) => SID.test(account));
}

/** A claim's texts: of a list, or of one text with spaces as OAuth's scopes have them. */
function listIn(claims: Claims, path: string): string[] {
  const value = Object.hasOwn(claims, path) ? claims[path] : path.split('.').reduce<unknown>(memberOf, claims);
  if (typeof value === 'string') return value.split(' ').filter(Boolean);
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
