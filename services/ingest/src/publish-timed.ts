import type { Acceptance } from './acceptance.ts';
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
