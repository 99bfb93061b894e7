import type { IncomingMessage } from 'node:http';
import type { Context, MiddlewareHandler } from 'hono';
import type { Actor } from '../../domain/actor.ts';
import { type Permission, ROLE_PERMISSIONS, type Role, rolesWith } from '../../domain/roles.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';

/** Who asks, as the token says. */
export interface Principal {
  /** Of the token; of a person, as the identity provider names it. */
  id: string;
  /** For people. */
  name: string;
  kind: 'token' | 'person';
  role: Role;
  accounts: 'all' | readonly string[];
  /** Whose calls an agent's are: `client:alice`, `sip:…`, `+14155550100`. */
  agentIdentities?: readonly string[] | undefined;
}

export interface RecordsEnv {
  /** Node's own request, where one came over a socket. */
  Bindings: { incoming?: IncomingMessage } | undefined;
  Variables: { principal: Principal };
}

const permissions = new WeakMap<object, Permission>();

/** Lets roles pass that may do this. The middleware of every route, without exception: the application refuses to be made otherwise. */
export function permit(permission: Permission): MiddlewareHandler<RecordsEnv> {
  const handler: MiddlewareHandler<RecordsEnv> = async (c, next) => {
    const { role } = c.get('principal');
    if (!ROLE_PERMISSIONS[role].has(permission)) {
      const roles = rolesWith(permission).join(', ');
      throw new ProblemError(
        'forbidden',
        `The role ${role} may not do this (${permission}): it takes one of ${roles}.`,
      );
    }
    await next();
  };
  permissions.set(handler, permission);
  return handler;
}

/** What a middleware asks for; `undefined` where it is none of `permit`'s. */
export const permissionOf = (handler: object): Permission | undefined => permissions.get(handler);

/** As whom the principal stands in audit entries. */
export function actorOf(c: Context<RecordsEnv>): Actor {
  const { kind, id, role } = c.get('principal');
  return { kind, id, role };
}

/**
 * The accounts that the request may see: those of its token, or every one that is configured or that the ledger knows.
 * @param asked where the request names one, that one alone, if it may see it
 */
export async function accountsOf(
  c: Context<RecordsEnv>,
  { reader }: Pick<RecordsApi, 'reader'>,
  asked?: string,
): Promise<readonly string[]> {
  const { accounts } = c.get('principal');
  const visible = accounts === 'all' ? await reader.accounts() : accounts;
  return asked === undefined ? visible : visible.filter((each) => each === asked);
}
