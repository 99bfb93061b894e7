import type { Delivery } from './calls/deliveries.ts';

/** Deliveries that are remembered; the oldest go first. */
const DELIVERIES_MAX = 10_000;

export function createDeliveryLog() {
  const all: Delivery[] = [];
  return {
    all: all as readonly Delivery[],
    add(delivery: Delivery): void {
      all.push(delivery);
      if (all.length > DELIVERIES_MAX) all.shift();
    },
  };
}
