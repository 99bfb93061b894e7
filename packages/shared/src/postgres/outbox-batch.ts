import type { OnrecordEvent } from '../events/registry.ts';
import type { Client } from './pool.ts';

/** Notified when something was committed to the outbox. */
export const OUTBOX_CHANNEL = 'onrecord_outbox';

export interface OutboxRow {
  position: bigint;
  key: string;
  event: OnrecordEvent;
}

/** Makes the caller's transaction the only one that relays; false when another one does. */
export async function takeRelayLock(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ mine: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('messaging.outbox relay', 0)) AS mine`,
  );
  return rows[0]?.mine === true;
}

/** The oldest events, those of the given keys left out. */
export async function readOutbox(client: Client, heldBack: readonly string[], rowsMax: number): Promise<OutboxRow[]> {
  const { rows } = await client.query<OutboxRow>({
    name: 'read-outbox',
    text: `SELECT position, key, event FROM messaging.outbox WHERE key <> ALL ($1::text[]) ORDER BY position LIMIT $2`,
    values: [heldBack, rowsMax],
  });
  return rows;
}

export async function deleteFromOutbox(client: Client, rows: readonly OutboxRow[]): Promise<void> {
  await client.query({
    name: 'delete-from-outbox',
    text: 'DELETE FROM messaging.outbox WHERE position = ANY ($1::bigint[])',
    values: [rows.map(({ position }) => position)],
  });
}
