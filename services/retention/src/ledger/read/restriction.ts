import type { ClientBase, QueryResultRow } from 'pg';
import type { RecordingKey } from '../../change-recording.ts';
import { restrictionOf } from '../../domain/resolve-erasure.ts';
import { erasureOf } from '../erasures/erasure-of.ts';
import { loadLegs, type NumberReading } from '../facts.ts';
import { loadEntry } from '../load-entry.ts';
import type { Policies } from '../load-policies.ts';
import { toRecording } from '../recordings.ts';

type Queryable = Pick<ClientBase, 'query'>;

/** Why a recording may not be read in ordinary use, as it is committed now; `undefined` where it may. */
export type RestrictionOf = (client: Queryable, key: RecordingKey) => Promise<string | undefined>;

/** The rest of what is known of a recording is read only of those that an erasure covers. */
export const restrictionsBy =
  (policies: Policies, reading: NumberReading): RestrictionOf =>
  async (client, { accountSid, recordingSid }) => {
    const { rows } = await client.query<QueryResultRow>(
      'select * from ledger.recordings where account_sid = $1 and recording_sid = $2',
      [accountSid, recordingSid],
    );
    const [row] = rows;
    if (row === undefined || (await erasureOf(client, await loadLegs(client, toRecording(row)))) === undefined) return;
    const entry = await loadEntry(client, row, reading);
    return restrictionOf(entry, (await policies.of(client, accountSid))(entry));
  };

/** Whether an erasure was ever requested in the account. */
export async function hasErasures(client: Queryable, accountSid: string): Promise<boolean> {
  const { rowCount } = await client.query('select from ledger.erased_subjects where account_sid = $1 limit 1', [
    accountSid,
  ]);
  return rowCount === 1;
}
