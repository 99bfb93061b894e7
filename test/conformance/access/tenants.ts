import { randomUUID } from 'node:crypto';
import type { Role } from '@onrecord/retention/domain/roles';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { type HttpServer, serveHttp } from '@onrecord/shared/http/serve';
import { ACCOUNT, newSid } from '../retention/facts.ts';
import { RecordsApp } from '../retention/records-app.ts';

interface Sent {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface AuditedEntry {
  kind: string;
  actor: { kind: string; id: string; role?: string };
  subject: Record<string, string>;
  details: Record<string, unknown>;
}

export interface Answer {
  status: number;
  type: string;
  text: string;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API says
  json: any;
}

/** The records API on a socket, with tokens of the tests' making. */
export class Door {
  readonly api: RecordsApp;
  readonly server: HttpServer;

  private constructor(api: RecordsApp, server: HttpServer) {
    this.api = api;
    this.server = server;
  }

  static async open(differences: Parameters<typeof RecordsApp.start>[0] = {}): Promise<Door> {
    const api = await RecordsApp.start(differences);
    return new Door(api, await serveHttp({ fetch: api.app.fetch, port: 0, hostname: '127.0.0.1', setting: 'PORT' }));
  }

  async close(): Promise<void> {
    await this.server.close(1_000);
    await this.api.close();
  }

  /** @returns the secret of a new token */
  async tokenOf(
    role: Role,
    accounts: 'all' | readonly string[] = [ACCOUNT],
    name = `${role} of a test`,
  ): Promise<string> {
    const agentIdentities = role === 'agent' ? ['client:alice'] : undefined;
    const expiresAt = new Date(this.api.test.now.getTime() + 3_600_000);
    const by = { kind: 'service', id: 'test' } as const;
    return (
      await this.api.tokens.create(
        { name, role, accounts, agentIdentities, expiresAt },
        { by, accounts: accounts === 'all' ? [ACCOUNT] : accounts },
      )
    ).secret;
  }

  /** The audit log of an account, oldest first. */
  async auditOf(kind: string, account = ACCOUNT): Promise<AuditedEntry[]> {
    const sql = `select convert_from(body, 'UTF8')::json as entry from ledger.audit_entries
      where account_sid = $1 and kind = $2 order by entry_id`;
    return inTenant(this.api.test.pool, account, async (client) =>
      (await client.query(sql, [account, kind])).rows.map(({ entry }) => entry),
    );
  }

  async ask(
    path: string,
    token: string | undefined,
    { method = 'GET', body, headers = {} }: Sent = {},
  ): Promise<Answer> {
    const response = await fetch(this.server.url + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const json = type.includes('json') && text !== '' ? JSON.parse(text) : undefined;
    return { status: response.status, type, text, headers: response.headers, json };
  }
}

/** Ids that nobody has, by the name of their place in an address. */
const MADE_UP: Readonly<Record<string, () => string>> = {
  recordingSid: () => newSid('RE'),
  callSid: () => newSid('CA'),
  conferenceSid: () => newSid('CF'),
  tokenId: () => newSid('').slice(0, 24),
  // As long as the one that there is, for the length of an answer is compared as well.
  policyId: () => `${newSid('p').slice(0, 'theirs'.length)}.v1`,
  deletionId: () => `${newSid('RE')}.1`,
  matterId: () => `mat_${newSid('')}`,
  holdId: () => `hld_${newSid('')}`,
  erasureId: randomUUID,
};

export type Ids = Readonly<Record<string, string>>;

export interface RouteUnderTest {
  method: string;
  /** As the application knows it, with `:name` for its places. */
  path: string;
  /** The names of its places. */
  places: string[];
  /** Ids of things that nobody has, for its places. */
  madeUp(): Ids;
  /** Its address, with these ids in its places. */
  address(ids: Ids): string;
}

/** Every route of the application below /v1, as it is: a new one is tested without being written down. */
export function routesOf({ app }: Pick<RecordsApp, 'app'>): RouteUnderTest[] {
  const seen = new Set<string>();
  return app.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/v1/') && !path.endsWith('*'))
    .filter(({ method, path }) => !seen.has(`${method} ${path}`) && seen.add(`${method} ${path}`))
    .map(({ method, path }) => {
      const places = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
      return {
        ...{ method, path, places },
        madeUp: () => Object.fromEntries(places.map((name) => [name, known(MADE_UP, name, path)()])),
        address: (ids) => path.replace(/:(\w+)/g, (_, name) => known(ids, name, path)),
      };
    });
}

/** A new place must be said of, or the promises of these tests would not be about it. */
function known<T>(values: Readonly<Record<string, T>>, name: string, path: string): T {
  const value = values[name];
  if (value === undefined) throw new Error(`the tests of access must know what may stand for ${name} in ${path}`);
  return value;
}
