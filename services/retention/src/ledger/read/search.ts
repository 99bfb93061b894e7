import type { ClientBase, Pool, QueryResultRow } from 'pg';
import { type Highlight, MARK, toHighlights } from '../../domain/highlights.ts';
import { toSearchWords } from '../../domain/search-text.ts';
import { optional } from '../rows.ts';
import { inTenant } from '../tenancy.ts';

export interface SearchQuery {
  /** Of these accounts. */
  accounts: readonly string[];
  /** Of calls alone that somebody of these identities was on. */
  identities?: readonly string[] | undefined;
  /** As people type it: words, "a phrase", or, -without. */
  q: string;
  since?: string | undefined;
  until?: string | undefined;
  after?: readonly [beganAt: string, recordingSid: string] | undefined;
  limit: number;
}

export interface Hit {
  accountSid: string;
  recordingSid: string;
  callSid?: string | undefined;
  conferenceSid?: string | undefined;
  beganAt: string;
  simulated: boolean;
  /** Only the beginning of its transcript is searched. */
  isCut: boolean;
  /** Turns in which a word was found. */
  matches: number;
  highlights: Highlight[];
}

/** Of each hit. */
const HIGHLIGHTS_MAX = 3;

/** @returns the hits, newest first; `undefined` where nothing is left to look for but words that are in every text */
export function searchTranscripts(pool: Pool, query: SearchQuery): Promise<Hit[] | undefined> {
  const words = toSearchWords(query.q);
  return inTenant(pool, query.accounts, async (client) => {
    const { since = null, until = null, after = [null, null], accounts, limit } = query;
    const { rows } = await client.query<QueryResultRow>(
      `select known.account_sid, found.recording_sid, found.began_at, wanted.query is not null as has_words
       from unnest($1::text[]) known (account_sid)
       cross join lateral (select ledger.search_query(known.account_sid, $2) as query) wanted
       left join lateral ledger.search_transcripts(known.account_sid, wanted.query, $3, $4, $5, $6, $8, $7) found on true
       order by found.began_at desc nulls last, found.recording_sid desc limit $7`,
      [accounts, words, since, until, ...after, limit, query.identities ?? null],
    );
    const found = rows.filter((row) => row.recording_sid !== null);
    if (found.length === 0)
      return rows.some((row) => row.has_words) || (await isEmpty(client, accounts)) ? [] : undefined;
    const hits: Hit[] = [];
    for (const row of found) hits.push(await toHit(client, row, words, query.q));
    return hits;
  });
}

/** Nothing can be found where there is nothing, and the words are not to blame. */
async function isEmpty(client: Queryable, accounts: readonly string[]): Promise<boolean> {
  const { rows } = await client.query<QueryResultRow>(
    'select exists (select from ledger.transcript_texts where account_sid = any($1)) as any',
    [accounts],
  );
  return rows[0]?.any !== true;
}

type Queryable = Pick<ClientBase, 'query'>;

const MARKS = `StartSel=${MARK.start}, StopSel=${MARK.end}, HighlightAll=true`;

async function toHit(
  client: Queryable,
  { account_sid, recording_sid }: QueryResultRow,
  words: string,
  asked: string,
): Promise<Hit> {
  const { rows } = await client.query<QueryResultRow>(
    `select found.*, recording.call_sid, recording.conference_sid, transcript.simulated,
       ts_headline(found.config::regconfig, found.body, websearch_to_tsquery(found.config::regconfig, $3), $4) as marked
     from ledger.transcript_texts found
     join ledger.recordings recording using (account_sid, recording_sid)
     join ledger.transcripts transcript
       on (transcript.account_sid, transcript.recording_sid, transcript.transcript_key) =
          (found.account_sid, found.recording_sid, found.transcript_key)
     where found.account_sid = $1 and found.recording_sid = $2 limit 1`,
    [account_sid, recording_sid, words, MARKS],
  );
  const [row = {}] = rows;
  return {
    accountSid: account_sid,
    recordingSid: recording_sid,
    callSid: optional(row.call_sid),
    conferenceSid: optional(row.conference_sid),
    beganAt: row.began_at.toISOString(),
    simulated: row.simulated,
    isCut: row.is_cut,
    ...toHighlights(row.marked, row.turns, asked, HIGHLIGHTS_MAX),
  };
}
