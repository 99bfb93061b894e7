import type { ClientBase } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import type { Erasure } from '../../domain/erasure.ts';
import { RELATIVES } from '../facts.ts';
import { namesOfErasure } from './rows.ts';

/** Recordings of calls that the subject was on, and of their conferences, that are cleared for transcription and have no transcript; newest first. */
export async function toBeTranscribed(client: ClientBase, erasure: Erasure, limit: number): Promise<RecordingKey[]> {
  const { accountSid } = erasure;
  const { rows } = await client.query<{ recording_sid: string }>(
    `with recursive named as (
       select call_sid from ledger.call_numbers where account_sid = $1 and spelling = any($2)
       union
       select unnest($2::text[])
     ), legs as (
       select call_sid from named
       union
       ${RELATIVES}
     )
     select recording_sid from ledger.recordings recording
       join ledger.decisions decided using (account_sid, recording_sid, decision)
     where account_sid = $1 and 'transcribe' = any(decided.purposes) and state not in ('transcribed', 'deleting', 'deleted')
       and (call_sid in (select call_sid from legs) or exists (
         select from ledger.participants joined where joined.account_sid = $1
           and joined.conference_sid = recording.conference_sid and joined.call_sid in (select call_sid from legs)
       ))
     order by first_seen_at desc limit $3`,
    [accountSid, await namesOfErasure(client, erasure), limit],
  );
  return rows.map((row) => ({ accountSid, recordingSid: row.recording_sid }));
}
