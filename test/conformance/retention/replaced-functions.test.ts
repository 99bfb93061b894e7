import { ledgerSchema } from '@onrecord/retention/ledger/schema';
import { messagingSchema } from '@onrecord/shared/postgres/messaging-schema';
import { readMigrations } from '@onrecord/shared/postgres/migration-files';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createDatabase } from '../../servers/postgres.ts';

/**
 * What a later form of a function left out on purpose, by function and piece of its text. Whatever else an earlier form asked for, the
 * latest one asks for as well.
 */
const LEFT_OUT: Record<string, Record<string, string>> = {
  search_query: {
    'not of_account = any': '0040: null where no account was ever named, and asked the other way round since',
  },
  search_transcripts: {
    'not of_account = any': '0040: likewise',
    'recording.erasure_id is null': '0033: each hit is judged by the reader',
  },
  forget_recording: {
    'metadata_due_at is not null': '0041: it has to be over as well',
    "twilio_status = 'deleted'": '0044: it ends as what it was',
    "state = 'deleted'": '0044: likewise',
    'metadata_due_at <= forgotten_at': '0054: the date that was given is bounded by the clock of the database',
    'metadata_removed_at = forgotten_at': '0054: likewise',
  },
};

interface Form {
  migration: string;
  name: string;
  definition: string;
}

let pool: Pool;
let drop: () => Promise<void>;
const forms: Form[] = [];

beforeAll(async () => {
  const database = await createDatabase(requireServer('postgres').url);
  const logger = createLogger({ service: 'test', level: 'silent' });
  pool = openPool({ url: database.url, max: 1, applicationName: 'retention-test', logger });
  drop = () => database.drop();
  for (const { directory, before = '', after = '' } of [messagingSchema, ledgerSchema]) {
    await pool.query(before);
    for (const migration of await readMigrations(directory)) {
      await pool.query(migration.sql);
      forms.push(...(await functions(migration.name)));
    }
    await pool.query(after);
  }
});
afterAll(async () => {
  await pool?.end();
  await drop?.();
});

async function functions(migration: string): Promise<Form[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `select proname as name, pg_get_functiondef(oid) as definition from pg_proc
     where pronamespace in (select oid from pg_namespace where nspname in ('ledger', 'messaging'))`,
  );
  return rows.map((row) => ({ migration, ...row }));
}

/** How often each condition, assignment or statement is in a function, and each line of its head; its comments are not. */
function pieces(definition: string): Map<string, number> {
  const texts: string[] = [];
  const plain = definition
    .replaceAll(/--.*$/gm, '')
    .replaceAll(/^(CREATE|AS|\s+LANGUAGE|\s+SET).*$/gm, (line) => `${line.trim()};`)
    .replaceAll(/'(?:[^']|'')*'/g, (text) => `"${texts.push(text) - 1}"`)
    .replaceAll(/\s+/g, ' ');
  const found = plain
    .split(/[;,()]|\b(?:and|or|where|if|then|union all|from|set|begin|end|select|order by|limit)\b/)
    .map((piece) => piece.replaceAll(/"(\d+)"/g, (_, index) => texts[Number(index)] ?? '').trim())
    .filter((piece) => piece !== '');
  return new Map([...Map.groupBy(found, (piece) => piece)].map(([piece, each]) => [piece, each.length]));
}

/** What an earlier form has, or has more often, and the latest one not, by function. */
function lost(all: readonly Form[]): Record<string, string[]> {
  const byName = Map.groupBy(all, ({ name }) => name);
  const found = [...byName].flatMap(([name, [...ofName]]): [string, string[]][] => {
    const latest = pieces(ofName.at(-1)?.definition ?? '');
    const missing = ofName.flatMap(({ definition }) =>
      [...pieces(definition)].flatMap(([piece, count]) => ((latest.get(piece) ?? 0) < count ? [piece] : [])),
    );
    return missing.length === 0 ? [] : [[name, [...new Set(missing)].toSorted()]];
  });
  return Object.fromEntries(found);
}

// A migration replaced a function by what it had been two forms before, and so without the conditions of the form between.
it('a function that a migration replaces asks for all that it asked for before', () => {
  const named = Object.entries(LEFT_OUT).map(([name, each]) => [name, Object.keys(each).toSorted()]);
  expect(lost(forms)).toEqual(Object.fromEntries(named));
});

it('and is there to the end', async () => {
  const last = new Set((await functions('')).map(({ name }) => name));
  expect(forms.map(({ name }) => name).filter((name) => !last.has(name))).toEqual([]);
});

it('notices what the form between had', () => {
  const of = (migration: string) => forms.filter((form) => form.migration.startsWith(migration));
  const between = of('0041').find(({ name }) => name === 'forget_calls');
  const before = of('0035').find(({ name }) => name === 'forget_calls');
  if (before === undefined || between === undefined) throw new Error('the function is not there');
  const again = [...forms, { ...before, migration: '9999-forgets-it.sql' }];
  expect(lost(again).forget_calls).toContain(
    "raise exception 'a hold covers the call' using errcode = 'insufficient_privilege'",
  );
  const unsafe = { ...between, definition: between.definition.replace('SECURITY DEFINER', '') };
  expect(lost([between, unsafe])).toMatchObject({ forget_calls: [expect.stringContaining('SECURITY DEFINER')] });
});
