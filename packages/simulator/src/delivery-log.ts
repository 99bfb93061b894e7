import { z } from 'zod';
import type { Delivery } from './calls/deliveries.ts';

/** Deliveries that are remembered; the oldest go first. Some 20 MB. */
const DELIVERIES_MAX = 10_000;
const PAGE_SIZE = 1_000;

/** Which deliveries are asked for, and from where. */
export const deliveryQuery = z.strictObject({
  /** The number of the last one that was seen. */
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(DELIVERIES_MAX).default(PAGE_SIZE),
  kind: z.enum(['voice', 'call-status', 'recording', 'conference', 'debugger', 'events', 'message']).optional(),
  callSid: z.string().optional(),
  recordingSid: z.string().optional(),
  /** Of the last answer; `none` where nothing was answered. */
  status: z.union([z.coerce.number().int(), z.literal('none')]).optional(),
  fault: z.enum(['dropped', 'duplicated', 'delayed', 'reordered', 'wrong-token', 'next-token']).optional(),
});
type DeliveryQuery = z.output<typeof deliveryQuery>;

export interface DeliveryPage {
  /** Each with its place among all that were ever sent, counted from 1. */
  deliveries: (Delivery & { number: number })[];
  /** What to give as `after` for the next page; null at the end. */
  next: number | null;
  /** How many were sent in all, and how many of these are not remembered any more. */
  sent: number;
  forgotten: number;
}

export function createDeliveryLog(max = DELIVERIES_MAX) {
  const all: Delivery[] = [];
  let forgotten = 0;
  return {
    all: all as readonly Delivery[],
    add(delivery: Delivery): void {
      all.push(delivery);
      if (all.length <= max) return;
      all.shift();
      forgotten += 1;
    },
    page(query: DeliveryQuery): DeliveryPage {
      const found = all
        .map((delivery, index) => ({ number: forgotten + index + 1, ...delivery }))
        .filter((each) => each.number > query.after && matches(each, query));
      const deliveries = found.slice(0, query.limit);
      const next = found.length > deliveries.length ? (deliveries.at(-1)?.number ?? null) : null;
      return { deliveries, next, sent: forgotten + all.length, forgotten };
    },
  };
}

function matches(delivery: Delivery, { kind, callSid, recordingSid, status, fault }: DeliveryQuery): boolean {
  const { CallSid, RecordingSid } = delivery.parameters;
  return (
    (kind === undefined || delivery.kind === kind) &&
    (callSid === undefined || CallSid === callSid) &&
    (recordingSid === undefined || RecordingSid === recordingSid) &&
    (status === undefined || (delivery.status ?? 'none') === status) &&
    (fault === undefined || delivery.faults.includes(fault))
  );
}
export type DeliveryLog = ReturnType<typeof createDeliveryLog>;
