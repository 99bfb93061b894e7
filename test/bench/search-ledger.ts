import { prepareDatabase } from '@onrecord/retention/ledger/prepare-database';
import { openPool, type Pool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';

export const ACCOUNT = `AC${'0'.repeat(32)}`;
/** Filling and indexing a hundred thousand texts takes minutes. */
const FILL_TIMEOUT_MS = 3_600_000;
/** Of a text: a call of a minute. */
const WORDS = 150;
const TURNS = 10;
/** Different words; the number of a word falls with its frequency, as in speech. */
export const VOCABULARY = 30_000;

export interface SearchLedger {
  /** As the service's role, which row-level security holds. */
  pool: Pool;
  /** Past every rule. */
  owner: Pool;
  close(): Promise<void>;
}

/** A ledger with so many transcribed recordings, each of whose texts may be found. */
export async function openSearchLedger(
  database: { url: string; drop(): Promise<void> },
  texts: number,
): Promise<SearchLedger> {
  const { url } = database;
  const logger = createLogger({ service: 'bench', level: 'silent' });
  const timeouts = { statementTimeoutMs: FILL_TIMEOUT_MS, answerTimeoutMs: FILL_TIMEOUT_MS };
  const owner = openPool({ url, max: 2, applicationName: 'bench', logger, ...timeouts });
  const { role } = await prepareDatabase({ url }, logger);
  await fill(owner, texts);
  const pool = openPool({ url, role, max: 2, applicationName: 'bench', logger, ...timeouts });
  return {
    pool,
    owner,
    close: async () => {
      await Promise.all([pool.end(), owner.end()]);
      await database.drop();
    },
  };
}

const RE = `'RE' || md5(number::text)`;
const AT = `timestamptz '2026-01-01' + number * interval '1 minute'`;

async function fill(owner: Pool, texts: number): Promise<void> {
  await owner.query('insert into ledger.accounts values ($1, now())', [ACCOUNT]);
  const each = `from generate_series(1, $2) number`;
  await owner.query(
    `insert into ledger.recordings (account_sid, recording_sid, call_sid, twilio_status, started_at, reported_at, first_seen_at,
       learned_at, state, decision)
     select $1, ${RE}, 'CA' || md5(number::text), 'completed', ${AT}, ${AT}, ${AT}, ${AT}, 'transcribed', 1 ${each}`,
    [ACCOUNT, texts],
  );
  await owner.query(
    `insert into ledger.decisions (account_sid, recording_sid, decision, outcome, purposes, rule, reason, released_by, policy_name,
       policy_version, facts, decided_at)
     select $1, ${RE}, 1, 'cleared', '{store,transcribe}', 'bench', '', '{}', 'built-in', 1, '{}', ${AT} ${each}`,
    [ACCOUNT, texts],
  );
  await owner.query(
    `insert into ledger.transcripts (account_sid, recording_sid, options_fingerprint, provider, simulated, audio_sha256, turns, words,
       billed_seconds, transcript_key, completed_at, learned_at)
     select $1, ${RE}, 'f', 'deepgram', false, '', ${TURNS}, ${WORDS}, 60, number || '/transcript.json', ${AT}, ${AT} ${each}`,
    [ACCOUNT, texts],
  );
  const turns = JSON.stringify(
    Array.from({ length: TURNS }, (_, turn) => ({ speaker: 'caller', start: turn, end: turn + 1 })),
  );
  await owner.query(
    `insert into ledger.transcript_texts (account_sid, recording_sid, began_at, transcript_key, config, is_cut, body, turns, words)
     select $1, ${RE}, ${AT}, number || '/transcript.json', 'english', false, body, $3,
       to_tsvector('english', body) || array_to_tsvector(array['@' || $1, '@english'])
     ${each} cross join lateral (
       select string_agg('word' || floor(power(random(), 4) * ${VOCABULARY}) ||
           case when place % ${WORDS / TURNS} = 0 and place < ${WORDS} then E'\\n' else ' ' end, '' order by place) as body
       from generate_series(1, ${WORDS}) place where number > 0
     ) spoken`,
    [ACCOUNT, texts, turns],
  );
  await owner.query(
    'vacuum (analyze) ledger.recordings, ledger.decisions, ledger.transcripts, ledger.transcript_texts',
  );
}
