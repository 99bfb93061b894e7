import type { Acceptance, MeasuredAcceptance } from './acceptance.ts';
import { latenessOf } from './domain/lateness.ts';
import type { IngestMetrics } from './metrics.ts';

/** Publishes as `publish` does, and measures how long that took. */
export const publishTimed =
  (publish: Acceptance['publish'], metrics: IngestMetrics): Acceptance['publish'] =>
  async (events) => {
    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1_000;
    try {
      await publish(events);
    } catch (error) {
      metrics.published('failed', seconds());
      throw error;
    }
    metrics.published('durable', seconds());
  };

/** Measures how late callbacks are, where they say when their fact was. */
export const measureLateness =
  (metrics: IngestMetrics): MeasuredAcceptance['late'] =>
  (event, receivedAt) => {
    const lateness = latenessOf(event, Date.parse(receivedAt));
    if (lateness !== undefined) metrics.late(lateness);
  };
