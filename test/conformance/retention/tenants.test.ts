import { prepareDatabase } from '@onrecord/retention/ledger/prepare-database';
import { requireSameKey } from '@onrecord/retention/ledger/pseudonym-key';
import { inTenant, knownAccounts } from '@onrecord/retention/ledger/tenancy';
import { createPseudonyms } from '@onrecord/retention/pseudonyms';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWith, requireServer } from '../../servers/available.ts';
import { createDatabase } from '../../servers/postgres.ts';

const OURS = `AC${'a'.repeat(32)}`;
const THEIRS = `AC${'b'.repeat(32)}`;
const logger = createLogger({ service: 'test', level: 'silent' });
const open = (url: string, role?: string) => openPool({ url, role, max: 4, applicationName: 'test', logger });

/** Of the tables that belong to the installation, or say which accounts there are. */
const POLICIES: Record<string, string[]> = {
  accounts: ['directory', 'tenant'],
  planning: ['directory'],
  pseudonym_key: ['directory'],
};

/** The same database as another role, which has a name of its own since roles are the whole server's. */
function asRole(database: string, role: string, password = 'password of the role'): string {
  const url = new URL(database);
  [url.username, url.password] = [role, password];
  return url.href;
}

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let owner: Pool;
  let service: Pool;
  const ROLE = `service_${process.pid}_${Date.now()}`;

  beforeAll(async () => {
    database = await createDatabase(server.url);
    owner = open(database.url);
    const url = asRole(database.url, ROLE);
    await prepareDatabase({ url, adminUrl: database.url }, logger);
    service = open(url);
    for (const account of [OURS, THEIRS]) {
      await owner.query('insert into ledger.accounts values ($1, now())', [account]);
      await owner.query(
        `insert into ledger.recordings (account_sid, recording_sid, twilio_status, reported_at, learned_at, first_seen_at, state)
         values ($1, $2, 'completed', now(), now(), now(), 'withheld')`,
        [account, `RE${'1'.repeat(32)}`],
      );
    }
  });
  afterAll(async () => {
    await service?.end();
    await owner?.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
    await owner?.end();
    await database?.drop();
  });

  const ofOurs = (sql: string, values: unknown[] = []) =>
    inTenant(service, OURS, (client) => client.query(sql, values));

  describe('two accounts of one ledger', () => {
    test('see their own rows, both where both are named, and none where nobody is', async () => {
      const read = 'select account_sid from ledger.recordings order by 1';
      expect((await ofOurs(read)).rows).toEqual([{ account_sid: OURS }]);
      const both = await inTenant(service, [OURS, THEIRS], (client) => client.query(read));
      expect(both.rows).toEqual([{ account_sid: OURS }, { account_sid: THEIRS }]);
      expect((await service.query(read)).rows).toEqual([]);
      expect((await inTenant(service, [], (client) => client.query(read))).rows).toEqual([]);
      expect(await knownAccounts(service)).toEqual([OURS, THEIRS]);
    });

    test('cannot write rows of each other, nor turn their own into those', async () => {
      const insert = `insert into ledger.participants values ($1, 'CF1', 'CA1', null, now())`;
      await expect(ofOurs(insert, [THEIRS])).rejects.toThrow(/violates row-level security policy/);
      await expect(service.query(insert, [OURS])).rejects.toThrow(/violates row-level security policy/);
      await expect(ofOurs('update ledger.calls set account_sid = $1', [THEIRS])).resolves.toMatchObject({
        rowCount: 0,
      });
      await expect(ofOurs('update ledger.recordings set account_sid = $1', [THEIRS])).rejects.toThrow(
        /violates row-level security policy/,
      );
      expect(await ofOurs(`update ledger.recordings set state = 'x' where account_sid = $1`, [THEIRS])).toMatchObject({
        rowCount: 0,
      });
      expect(await ofOurs('delete from ledger.recordings where account_sid = $1', [THEIRS])).toMatchObject({
        rowCount: 0,
      });
      expect((await owner.query('select from ledger.recordings')).rowCount).toBe(2);
    });

    test('are not mixed up by a SID with a comma', () => {
      expect(() => inTenant(service, `${OURS},${THEIRS}`, async () => undefined)).toThrow(TypeError);
    });
  });

  test.each([
    ['turn row-level security off', 'alter table ledger.recordings disable row level security'],
    ['exempt an owner from it', 'alter table ledger.recordings no force row level security'],
    ['change or add a policy', 'drop policy tenant on ledger.recordings'],
    ['open a table to all', 'create policy open on ledger.recordings using (true)'],
    ['become the owner', 'set role onrecord'],
    ['become a superuser', `alter role ${ROLE} superuser`],
    ['be exempt', `alter role ${ROLE} bypassrls`],
    ['alter a table', 'alter table ledger.recordings add column x text'],
    ['drop a table', 'drop table ledger.recordings'],
    ['empty a table', 'truncate ledger.recordings'],
    ['make tables', 'create table ledger.mine (n int)'],
    ['make tables elsewhere', 'create table public.mine (n int)'],
    ['replace a function', `create or replace function ledger.refuse_change() returns trigger language sql as ''`],
    ['take triggers off', 'drop trigger refuse_delete on ledger.audit_entries'],
    ['go round triggers', `set session_replication_role = 'replica'`],
    ['remove evidence', 'delete from ledger.decisions'],
    ['forget an account', 'delete from ledger.accounts'],
    ['read past the policies with what reads files', `copy ledger.recordings to program 'cat'`],
    ['change the list of migrations', 'delete from onrecord_migrations'],
  ])('the service’s role cannot %s', async (_, sql) => {
    await expect(inTenant(service, [OURS, THEIRS], (client) => client.query(sql))).rejects.toMatchObject({
      code: expect.stringMatching(/^42501$/),
    });
  });

  test('a setting that turns policies off gives an error and no rows', async () => {
    await expect(
      inTenant(service, OURS, async (client) => {
        await client.query('set local row_security = off');
        return client.query('select * from ledger.recordings');
      }),
    ).rejects.toThrow(/query would be affected by row-level security policy/);
  });

  test('every table of the ledger is protected, also from its owner', async () => {
    const { rows } = await owner.query<{ name: string; on: boolean; forced: boolean; policies: string[] }>(
      `select relname as name, relrowsecurity as on, relforcerowsecurity as forced,
         array(select polname::text from pg_policy where polrelid = pg_class.oid order by 1) as policies
       from pg_class where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p', 'm', 'v', 'f') order by 1`,
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { name, policies, ...security } of rows) {
      // Whose owner searches it for the application: `search.test.ts` shows that it keeps to the account.
      const forced = name !== 'transcript_texts';
      expect({ name, ...security }).toEqual({ name, on: true, forced });
      expect({ name, policies }).toEqual({ name, policies: POLICIES[name] ?? ['tenant'] });
    }
  });

  test('another PSEUDONYM_KEY than the first one is refused', async () => {
    await requireSameKey(service, createPseudonyms('a'.repeat(32)));
    await requireSameKey(service, createPseudonyms('a'.repeat(32)));
    await expect(requireSameKey(service, createPseudonyms('b'.repeat(32)))).rejects.toThrow(
      'PSEUDONYM_KEY is not the one that the pseudonyms of this ledger were made with: set that one again',
    );
  });

  test('a table without tenants is refused when it is made', async () => {
    const { ledgerSchema } = await import('@onrecord/retention/ledger/schema');
    const { migrate } = await import('@onrecord/shared/postgres/migrate');
    const other = await createDatabase(server.url);
    const pool = open(other.url);
    try {
      await migrate(pool, ledgerSchema);
      await pool.query('create table ledger.open (account_sid text)');
      await expect(pool.query(ledgerSchema.after ?? '')).rejects.toThrow(
        /the table ledger\.open has no tenants: let its migration call ledger\.protect/,
      );
    } finally {
      await pool.end();
      await other.drop();
    }
  });
});

describe('preparing a database', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let owner: Pool;
  let roles = 0;
  const newRole = () => {
    roles += 1;
    return `role_${process.pid}_${Date.now()}_${roles}`;
  };
  beforeAll(async () => {
    database = await createDatabase(requireServer('postgres').url);
    owner = open(database.url);
  });
  afterAll(async () => {
    // Roles stay for as long as the test's server.
    await owner?.end();
    await database?.drop();
  });

  test('with one URL, connections take a role that is held, again after RESET ROLE', async () => {
    const { role } = await prepareDatabase({ url: database.url }, logger);
    expect(role).toBe('onrecord_application');
    const pool = open(database.url, role);
    const { rows } = await pool.query(
      'select current_user as name, rolsuper as super from pg_roles where rolname = current_user',
    );
    expect(rows).toEqual([{ name: 'onrecord_application', super: false }]);
    const client = await pool.connect();
    await client.query('reset role');
    expect((await client.query('select current_user as name')).rows).toEqual([{ name: 'onrecord_application' }]);
    client.release();
    await pool.end();
  });

  test('with the owner’s URL once, the service’s role starts without it ever after', async () => {
    const url = asRole(database.url, newRole());
    await prepareDatabase({ url, adminUrl: database.url }, logger);
    expect(await prepareDatabase({ url }, logger)).toEqual({});
    await prepareDatabase({ url, adminUrl: database.url }, logger);
  });

  test('a role that policies do not hold is refused, by name and with the remedy', async () => {
    const [bypassing, owning] = [newRole(), newRole()];
    await owner.query(`create role ${bypassing} login bypassrls password 'p'`);
    await owner.query(`create role ${owning} login password 'p'; grant onrecord to ${owning}`);
    for (const [role, why] of [
      [bypassing, 'has BYPASSRLS'],
      [owning, 'owns the tables, or can become their owner'],
    ] as const) {
      const url = asRole(database.url, role, 'p');
      await expect(prepareDatabase({ url, adminUrl: database.url }, logger)).rejects.toThrow(
        `the role "${role}" of DATABASE_URL ${why}, so row-level security would not hold it`,
      );
    }
  });

  test('an owner who is no superuser is held as well, and its migrations still find every row', async () => {
    const role = newRole();
    await owner.query(`create role ${role} login createrole password 'p'`);
    const own = await createDatabase(requireServer('postgres').url);
    await owner.query(`alter database ${new URL(own.url).pathname.slice(1)} owner to ${role}`);
    const url = asRole(own.url, role, 'p');
    expect(await prepareDatabase({ url }, logger)).toEqual({ role: `${role}_application` });
    const pool = open(url);
    try {
      await expect(pool.query('insert into ledger.accounts values ($1, now())', [OURS])).rejects.toThrow(/row-level/);
      await inTenant(pool, OURS, (client) => client.query('insert into ledger.accounts values ($1, now())', [OURS]));
      const { ledgerSchema } = await import('@onrecord/retention/ledger/schema');
      await pool.query(`begin; ${ledgerSchema.before}`);
      await pool.query(ledgerSchema.after ?? '');
    } finally {
      await pool.end();
      await own.drop();
    }
  });

  test('a role that may not change tables is told so where they are to be changed', async () => {
    const role = newRole();
    await owner.query(`create role ${role} login password 'p'`);
    const empty = await createDatabase(requireServer('postgres').url);
    await expect(prepareDatabase({ url: asRole(empty.url, role, 'p') }, logger)).rejects.toThrow(
      /its role may not change them: start once with a role that may/,
    );
    await empty.drop();
  });
});
