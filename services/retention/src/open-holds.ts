import { randomUUID } from 'node:crypto';
import { accountsSource } from './adapters/accounts-source.ts';
import type { RetentionConfig } from './config.ts';
import { createHolds, type HoldDeps, type Holds } from './holds/holds.ts';
import type { Ledger } from './ledger/postgres-ledger.ts';
import { createPseudonyms } from './pseudonyms.ts';
import type { Closers, Resources } from './resources.ts';

/** Matters and holds on what the service stands on. */
export function openHolds(
  { accounts, pool, objectStore, clock, relay }: Resources,
  { pseudonymKey, releaseNeedsSecondPerson }: RetentionConfig,
  { ledger, onDue, closers }: { ledger: Ledger; onDue: HoldDeps['onDue']; closers: Closers },
): Holds {
  const stopping = new AbortController();
  closers.push(async () => stopping.abort());
  return createHolds({
    ...{ pool, ledger, objects: objectStore, clock, releaseNeedsSecondPerson },
    source: accountsSource({ accounts, clock, signal: stopping.signal }),
    pseudonyms: createPseudonyms(pseudonymKey),
    newId: () => randomUUID().replaceAll('-', ''),
    onPublish: relay.wake,
    onDue,
  });
}
