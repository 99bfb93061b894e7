import type { ClientBase, Pool } from 'pg';
import type { RecordingKey } from '../change-recording.ts';
import { inTenant } from './tenancy.ts';

/** What is written in place of the mark of a policy: the sweeper takes such recordings before all that another policy planned. */
export const NOBODYS_MARK = '';

/** Leaves recordings of one account to the sweeper, to be decided on again. What is being deleted needs no decision. */
export async function decideLater(pool: Pool, keys: readonly RecordingKey[]): Promise<void> {
  const [first] = keys;
  if (first === undefined) return;
  await inTenant(pool, first.accountSid, (client) => leaveToSweeper(client, keys));
}

/** The same within a transaction. */
export async function leaveToSweeper(client: ClientBase, keys: readonly RecordingKey[]): Promise<void> {
  const [first] = keys;
  if (first === undefined) return;
  await client.query(
    `with locked as (
       select recording_sid from ledger.recordings
       where account_sid = $1 and recording_sid = any($2) and planned_with is not null
       order by recording_sid for no key update
     )
     update ledger.recordings recording set planned_with = $3
     from locked where account_sid = $1 and recording.recording_sid = locked.recording_sid`,
    [first.accountSid, keys.map(({ recordingSid }) => recordingSid), NOBODYS_MARK],
  );
}
