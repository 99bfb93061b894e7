import type { z } from '@hono/zod-openapi';
import type { Hold } from '../../domain/hold.ts';
import type { BegunCall } from '../../ledger/holds/calls-begun.ts';
import type { Coverage, Covered } from '../../ledger/holds/read-holds.ts';
import type { holdSchema } from './hold-schemas.ts';

const viewAct = ({ by, at, reason }: { by: string; at: Date; reason?: string | undefined }) => ({
  by,
  at: at.toISOString(),
  reason,
});

export function viewHold(accountSid: string, hold: Hold): z.input<typeof holdSchema> {
  const {
    holdId,
    matterId,
    selector: { from, until, wholeAccount, names: _, ...selected },
    reason,
  } = hold;
  const asked = hold.releaseRequest === undefined ? 'standing' : 'release-requested';
  return {
    accountSid,
    holdId,
    matterId,
    selector: {
      ...selected,
      wholeAccount: wholeAccount === true ? true : undefined,
      from: from?.toISOString(),
      until: until?.toISOString(),
    },
    reason,
    status: hold.release === undefined ? asked : 'released',
    placed: { by: hold.placedBy, at: hold.placedAt.toISOString() },
    releaseRequested: hold.releaseRequest && viewAct(hold.releaseRequest),
    released: hold.release && viewAct(hold.release),
  };
}

export const viewCovered = ({ recordingSid, coveredAt, state, lock, found }: Covered) => ({
  recordingSid,
  coveredAt: coveredAt.toISOString(),
  state,
  lock: lock && { ...lock, confirmedAt: lock.confirmedAt?.toISOString() },
  found: found && {
    status: found.settledAt === undefined ? ('unsettled' as const) : ('settled' as const),
    gone: found.gone,
    kept: found.kept,
    twilio: found.source ?? ('unknown' as const),
  },
});

const viewCalls = (calls: readonly BegunCall[], isComplete: boolean) => ({
  gone: calls.filter(({ status }) => status === 'gone').length,
  unsettled: calls.filter(({ status }) => status === 'unsettled').length,
  isComplete,
  items: calls.map(({ at, ...call }) => ({ ...call, at: at.toISOString() })),
});

export const viewInForce = (
  hold: z.input<typeof holdSchema>,
  { begun, ...coverage }: Coverage,
  { items, calls, isComplete }: { items: readonly Covered[]; calls: readonly BegunCall[]; isComplete: boolean },
  ledgerAlone: string | undefined,
) => ({
  ...hold,
  enforcement: ledgerAlone === undefined ? ('object-lock' as const) : ('ledger' as const),
  enforcementReason: ledgerAlone,
  coverage,
  begunBefore: { ...begun, items: items.map(viewCovered), calls: viewCalls(calls, isComplete) },
});
