import type { ClientBase, Pool, QueryResultRow } from 'pg';
import { type Highlight, MARK, toHighlights } from '../../domain/highlights.ts';
import { toSearchWords } from '../../domain/search-text.ts';
import { optional } from '../rows.ts';
import { inTenant } from '../tenancy.ts';
import { hasErasures, type RestrictionOf } from './restriction.ts';

export interface SearchQuery {
  /** Of these accounts. */
  accounts: readonly string[];
  /** Of calls alone that somebody of these identities was on. */
  identities?: readonly string[] | undefined;
  /** As people type it: words, "a phrase", or, -without. */
  q: string;
  since?: string | undefined;
  until?: string | undefined;
  after?: SearchPosition | undefined;
  limit: number;
  /** Whoever asks may read what an erasure covers while it is still there. */
  readsRestricted: boolean;
}

type SearchPosition = readonly [beganAt: string, recordingSid: string];

interface Found {
  hits: Hit[];
  /** Where to look on: so much was found that may not be read that the hits are fewer than there are. */
  resumeAt?: SearchPosition | undefined;
}

interface Hit {
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

/**
 * Looked through for one page: each of them may be judged by everything that is known of its call. Where an erasure covers more than this,
 * the page ends there and says where to go on.
 */
const LOOKED_THROUGH_MAX = 500;
/** Looked for at a time, once some were found that may not be read. */
const MORE = 100;

/**
 * Newest first. What an erasure keeps from whoever asks is judged of each hit as it is of a transcript that is asked for.
 * @returns `undefined` where nothing is left to look for but words that are in every text
 */
export function searchTranscripts(
  pool: Pool,
  query: SearchQuery,
  restrictionOf: RestrictionOf,
  lookedThroughMax = LOOKED_THROUGH_MAX,
): Promise<Found | undefined> {
  const words = toSearchWords(query.q);
  return inTenant(pool, query.accounts, async (client) => {
    const hits: Hit[] = [];
    const mayRead = query.readsRestricted ? async () => true : unrestricted(client, restrictionOf);
    let looked = 0;
    for (let after = query.after; ; ) {
      const limit = looked === 0 ? query.limit : MORE;
      const { rows, hasWords } = await candidates(client, { ...query, after, limit }, words);
      if (looked === 0 && !hasWords && !(await isEmpty(client, query.accounts))) return undefined;
      const readable: Candidate[] = [];
      let judged: Candidate | undefined;
      for (const row of rows) {
        if (hits.length + readable.length >= query.limit) break;
        if (await mayRead(row)) readable.push(row);
        judged = row;
      }
      hits.push(...(await showHits(client, readable, words, query.q)));
      const isEnd = rows.length < limit && judged === rows.at(-1);
      if (isEnd || hits.length >= query.limit || judged === undefined) return { hits };
      after = [judged.began_at.toISOString(), judged.recording_sid];
      looked += rows.length;
      if (looked >= lookedThroughMax) return { hits, resumeAt: after };
    }
  });
}

interface Candidate {
  account_sid: string;
  recording_sid: string;
  began_at: Date;
}

async function candidates(
  client: Queryable,
  { since, until, after, accounts, limit, identities }: SearchQuery,
  words: string,
): Promise<{ rows: Candidate[]; hasWords: boolean }> {
  const { rows } = await client.query<QueryResultRow>(
    `select known.account_sid, found.recording_sid, found.began_at, wanted.query is not null as has_words
     from unnest($1::text[]) known (account_sid)
     cross join lateral (select ledger.search_query(known.account_sid, $2) as query) wanted
     left join lateral ledger.search_transcripts(known.account_sid, wanted.query, $3, $4, $5, $6, $8, $7) found on true
     order by found.began_at desc nulls last, found.recording_sid desc limit $7`,
    [accounts, words, since, until, after?.[0], after?.[1], limit, identities],
  );
  const found = rows.filter((row) => row.recording_sid !== null) as Candidate[];
  return { rows: found, hasWords: rows.some((row) => row.has_words) };
}

/** Of accounts in which nobody was ever erased, nothing is looked up. */
function unrestricted(client: Queryable, restrictionOf: RestrictionOf): (candidate: Candidate) => Promise<boolean> {
  const withErasures = new Map<string, boolean>();
  return async ({ account_sid: accountSid, recording_sid: recordingSid }) => {
    const known = withErasures.get(accountSid) ?? (await hasErasures(client, accountSid));
    withErasures.set(accountSid, known);
    return !known || (await restrictionOf(client, { accountSid, recordingSid })) === undefined;
  };
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

/** In the order in which they were found, without those whose words were taken out of the search meanwhile; each is looked up by its key. */
async function showHits(client: Queryable, found: readonly Candidate[], words: string, asked: string): Promise<Hit[]> {
  if (found.length === 0) return [];
  const { rows } = await client.query<QueryResultRow>(
    `select shown.* from unnest($1::text[], $2::text[]) with ordinality hit (account_sid, recording_sid, place)
     cross join lateral (
       select found.account_sid, found.recording_sid, found.began_at, found.is_cut, found.turns, recording.call_sid,
         recording.conference_sid, transcript.simulated,
         ts_headline(found.config::regconfig, found.body, websearch_to_tsquery(found.config::regconfig, $3), $4) as marked
       from ledger.transcript_texts found
       join ledger.recordings recording using (account_sid, recording_sid)
       join ledger.transcripts transcript
         on (transcript.account_sid, transcript.recording_sid, transcript.transcript_key) =
            (found.account_sid, found.recording_sid, found.transcript_key)
       where found.account_sid = hit.account_sid and found.recording_sid = hit.recording_sid limit 1
     ) shown order by hit.place`,
    [found.map((row) => row.account_sid), found.map((row) => row.recording_sid), words, MARKS],
  );
  return rows.map((row) => toHit(row, asked));
}

const toHit = (row: QueryResultRow, asked: string): Hit => ({
  accountSid: row.account_sid,
  recordingSid: row.recording_sid,
  callSid: optional(row.call_sid),
  conferenceSid: optional(row.conference_sid),
  beganAt: row.began_at.toISOString(),
  simulated: row.simulated,
  isCut: row.is_cut,
  ...toHighlights(row.marked, row.turns, asked, HIGHLIGHTS_MAX),
});
