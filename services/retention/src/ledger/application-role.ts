import type { ClientBase } from 'pg';
import { escapeIdentifier } from 'pg';
import { scramVerifier } from './scram-verifier.ts';

/** Row-level security would not hold the role that the service works as. The message names it, and the remedy. */
export class IsolationError extends Error {
  override readonly name = 'IsolationError';
}

/**
 * Of the tables outside of tenants: what the outbox, the processed events and an event log in the same database are used for. An erasure
 * puts pseudonyms into what waits in the outbox, and into the ids of answers.
 */
const OUTSIDE_OF_TENANTS = [
  { schema: 'messaging', privileges: 'select, insert, update, delete' },
  { schema: 'event_log', privileges: 'select, insert, update, delete' },
];

/** Makes a role that can do nothing by itself, where there is none of that name; without a password nobody signs in as it. */
export async function ensureRole(client: ClientBase, role: string, password?: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 1) return;
  const login = password === undefined ? 'nologin' : `login password '${scramVerifier(password)}'`;
  // Roles are the server's: another database may be preparing the same one at this moment.
  await client.query(`do $$ begin
    create role ${escapeIdentifier(role)} ${login} nosuperuser nobypassrls nocreatedb nocreaterole noreplication;
  exception when duplicate_object or unique_violation then null; end $$`);
}

/** Grants the role what the policies' comments and the list above say, and nothing else: a table that lost a privilege loses it here. */
export async function grantTables(client: ClientBase, role: string): Promise<void> {
  const { rows } = await client.query<{ name: string; privileges: string }>(
    `select polrelid::regclass::text as name, obj_description(pg_policy.oid, 'pg_policy') as privileges
     from pg_policy join pg_class on pg_class.oid = polrelid
     where relnamespace = 'ledger'::regnamespace and obj_description(pg_policy.oid, 'pg_policy') is not null`,
  );
  const grantee = escapeIdentifier(role);
  const statements = [
    `grant usage on schema ledger to ${grantee}`,
    `grant select on onrecord_migrations to ${grantee}`,
    `revoke all on all tables in schema ledger from ${grantee}`,
    ...rows.map(({ name, privileges }) => `grant ${privileges} on ${name} to ${grantee}`),
  ];
  for (const { schema, privileges } of OUTSIDE_OF_TENANTS) {
    const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [schema]);
    if (rowCount === 0) continue;
    statements.push(`grant usage on schema ${schema} to ${grantee}`);
    statements.push(`grant ${privileges} on all tables in schema ${schema} to ${grantee}`);
  }
  await client.query(statements.join(';'));
}

interface RolePowers {
  name: string;
  isSuperuser: boolean;
  bypassesPolicies: boolean;
  /** By itself or through a role that it can become. */
  isOwner: boolean;
}

/** What the connection's role could do about row-level security. */
export async function powersOf(client: Pick<ClientBase, 'query'>): Promise<RolePowers> {
  const { rows } = await client.query<RolePowers>(
    `select rolname as name, rolsuper as "isSuperuser", rolbypassrls as "bypassesPolicies", coalesce(
       (select pg_has_role(current_user, nspowner, 'member') from pg_namespace where nspname = 'ledger'),
       has_database_privilege(current_database(), 'create')
     ) as "isOwner" from pg_roles where rolname = current_user`,
  );
  return rows[0] as RolePowers;
}

/** @throws IsolationError */
export function requireHeld({ name, isSuperuser, bypassesPolicies, isOwner }: RolePowers): void {
  const why = isSuperuser
    ? 'is a superuser'
    : bypassesPolicies
      ? 'has BYPASSRLS'
      : isOwner
        ? 'owns the tables, or can become their owner'
        : undefined;
  if (why === undefined) return;
  throw new IsolationError(
    `the role "${name}" of DATABASE_URL ${why}, so row-level security would not hold it: with DATABASE_ADMIN_URL set, give DATABASE_URL a role of its own, which is made where it is missing`,
  );
}
