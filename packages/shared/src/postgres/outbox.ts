import type { OnrecordEvent } from '../events/registry.ts';
import { OUTBOX_CHANNEL } from './outbox-batch.ts';
import type { Client } from './pool.ts';

export { type OutboxRelay, type OutboxRelayOptions, startOutboxRelay } from './outbox-relay.ts';

/**
 * Stores events in the caller's transaction, to be published once it is committed. Transactions that store events of the same key
 * wait for each other, so that what is committed later is published later.
 */
export async function appendToOutbox(client: Client, events: readonly OnrecordEvent[]): Promise<void> {
  if (events.length === 0) return;
  await client.query({
    name: 'lock-outbox-keys',
    // In the order of the locks, so that two transactions cannot wait for each other.
    text: `SELECT pg_advisory_xact_lock(lock) FROM (
             SELECT DISTINCT hashtextextended(key, 7) AS lock FROM unnest($1::text[]) AS key ORDER BY lock) AS locks`,
    values: [events.map((event) => event.subject)],
  });
  await client.query({
    name: 'append-to-outbox',
    text: `WITH appended AS (
             INSERT INTO messaging.outbox (key, event)
             SELECT event ->> 'subject', event FROM json_array_elements($1::json) WITH ORDINALITY AS e (event, n) ORDER BY n)
           SELECT pg_notify('${OUTBOX_CHANNEL}', '')`,
    values: [JSON.stringify(events)],
  });
}
