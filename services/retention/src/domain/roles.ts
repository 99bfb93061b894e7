/** What a request may do. Every route of the records API names one. */
const PERMISSIONS = [
  'recordings:read',
  'calls:read',
  'media:read',
  'transcripts:read',
  'consents:read',
  'consents:write',
  'decisions:read',
  'retention:write',
  'policies:read',
  'policies:write',
  'holds:read',
  'holds:write',
  'erasures:read',
  'erasures:write',
  'deletions:read',
  'deletions:write',
  'subjects:export',
  'accesses:read',
  'audit:read',
  'tokens:read',
  'tokens:write',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['agent', 'reviewer', 'compliance', 'administrator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const LISTENING = ['recordings:read', 'calls:read', 'media:read', 'transcripts:read', 'decisions:read'] as const;

const READING = PERMISSIONS.filter((permission) => permission.endsWith(':read'));

/**
 * An agent sees own calls alone, a reviewer those of whole accounts. Compliance decides what is kept, held and erased, and gives
 * nobody a token. An auditor changes nothing, and every request of one is recorded.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  agent: new Set(LISTENING),
  reviewer: new Set([...LISTENING, 'consents:read', 'policies:read', 'holds:read', 'deletions:read']),
  compliance: new Set(PERMISSIONS.filter((permission) => !permission.startsWith('tokens:'))),
  administrator: new Set(PERMISSIONS),
  auditor: new Set(READING),
};

/** The roles that may do it, the least of them first. */
export const rolesWith = (permission: Permission): Role[] =>
  ROLES.filter((role) => ROLE_PERMISSIONS[role].has(permission));
