import type { Erasure } from '../domain/erasure.ts';
import { iso } from '../ledger/read/recording-list.ts';

/** An erasure as the records API and the export of a person show it. */
export const viewErasure = ({ lastCallSid: _, ledgerDoneAt: __, ...erasure }: Erasure) => ({
  ...erasure,
  requestedAt: erasure.requestedAt.toISOString(),
  coversUntil: erasure.coversUntil.toISOString(),
  legsKeptUntil: iso(erasure.legsKeptUntil),
  completedAt: iso(erasure.completedAt),
});
