import type { ClientBase, Pool, QueryResultRow } from 'pg';
import type { SearchText } from '../domain/search-text.ts';
import { lockRow, updateRow } from './rows.ts';
import { inTenant } from './tenancy.ts';

export interface TranscriptKey {
  accountSid: string;
  recordingSid: string;
  optionsFingerprint: string;
}

/** A transcript whose text is to be read. */
export interface DueText extends TranscriptKey {
  /** Of transcript.json in the object store. */
  key: string;
  /** Attempts so far, this one included. */
  attempts: number;
}

/** Takes what is due for `leaseMs`, so that no other worker reads it meanwhile. @returns at most `atMost` */
export function takeDueTexts(
  pool: Pool,
  accounts: readonly string[],
  now: Date,
  { leaseMs, atMost }: { leaseMs: number; atMost: number },
): Promise<DueText[]> {
  return inTenant(pool, accounts, async (client) => {
    const { rows } = await client.query<QueryResultRow>(
      `update ledger.transcripts taken set text_due_at = $3, text_attempts = taken.text_attempts + 1
       from (
         select account_sid, recording_sid, options_fingerprint from ledger.transcripts
         where account_sid = any($1) and text_due_at <= $2 order by text_due_at limit $4 for update skip locked
       ) due
       where (taken.account_sid, taken.recording_sid, taken.options_fingerprint) =
         (due.account_sid, due.recording_sid, due.options_fingerprint)
       returning taken.*`,
      [accounts, now, new Date(now.getTime() + leaseMs), atMost],
    );
    return rows.map((row) => ({
      accountSid: row.account_sid,
      recordingSid: row.recording_sid,
      optionsFingerprint: row.options_fingerprint,
      key: row.transcript_key,
      attempts: row.text_attempts,
    }));
  });
}

/**
 * Writes the text of a transcript, and that it is read. Of a recording that is deleted or about to be nothing is written, whoever
 * comes first: both lock its row.
 */
export function writeSearchText(pool: Pool, due: DueText, text: SearchText): Promise<void> {
  return inTenant(pool, due.accountSid, async (client) => {
    const key = { account_sid: due.accountSid, recording_sid: due.recordingSid };
    const recording = await lockRow(client, 'ledger.recordings', key);
    if (recording !== undefined && (await isShown(client, due))) {
      await client.query(
        `insert into ledger.transcript_texts
           (account_sid, recording_sid, began_at, transcript_key, config, is_cut, body, turns, words)
         values ($1, $2, $3, $4, $5, $6, $7, $8,
           to_tsvector($5::text::regconfig, $7) || array_to_tsvector(array['@' || $1, '@' || $5]))
         on conflict (account_sid, recording_sid) do update set
           (began_at, transcript_key, config, is_cut, body, turns, words) =
           (excluded.began_at, excluded.transcript_key, excluded.config, excluded.is_cut, excluded.body, excluded.turns, excluded.words)`,
        [
          ...[due.accountSid, due.recordingSid, recording.started_at ?? recording.first_seen_at, due.key],
          ...[text.config, text.isCut, text.body, JSON.stringify(text.turns)],
        ],
      );
    }
    await updateRow(client, 'ledger.transcripts', keyOf(due), READ);
  });
}

const READ = { text_due_at: null, text_attempts: 0, text_failure: null };

/** Whether it is the transcript that is shown of its recording, and no deletion took it: as `isClassDeleted`, one made after a deletion is another one. */
async function isShown(client: ClientBase, { accountSid, recordingSid, optionsFingerprint }: TranscriptKey) {
  const { rows } = await client.query<QueryResultRow>(
    `select options_fingerprint = $3 and not exists (
       select from ledger.deletions gone where gone.account_sid = $1 and gone.recording_sid = $2 and (
         gone.classes is null or ('transcript' = any(gone.classes)
           and (gone.completed_at is null or transcript.completed_at <= gone.started_at))
       )
     ) as shown
     from ledger.transcripts transcript where account_sid = $1 and recording_sid = $2 order by learned_at desc limit 1`,
    [accountSid, recordingSid, optionsFingerprint],
  );
  return rows[0]?.shown === true;
}

/** @param dueAt when to try again; `undefined` for never */
export function noteUnreadText(pool: Pool, due: TranscriptKey, reason: string, dueAt: Date | undefined): Promise<void> {
  const columns = { text_due_at: dueAt ?? null, text_failure: reason };
  return inTenant(pool, due.accountSid, (client) => updateRow(client, 'ledger.transcripts', keyOf(due), columns));
}

const keyOf = ({ accountSid, recordingSid, optionsFingerprint }: TranscriptKey) => ({
  account_sid: accountSid,
  recording_sid: recordingSid,
  options_fingerprint: optionsFingerprint,
});

/** Takes the words of a recording out of the search, in the caller's transaction, and keeps them out. @returns whether any were there */
export async function removeSearchText(
  client: ClientBase,
  { accountSid, recordingSid }: { accountSid: string; recordingSid: string },
): Promise<boolean> {
  const key = [accountSid, recordingSid];
  await client.query(
    'update ledger.transcripts set text_due_at = null where account_sid = $1 and recording_sid = $2 and text_due_at is not null',
    key,
  );
  const { rowCount } = await client.query(
    'delete from ledger.transcript_texts where account_sid = $1 and recording_sid = $2',
    key,
  );
  return rowCount === 1;
}
