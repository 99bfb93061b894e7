import type { OnrecordEvent } from '@onrecord/shared/events';

type Publish = (events: readonly OnrecordEvent[]) => Promise<void>;

/** Which facts this process has come across, as far as it remembers. */
export interface HeardFacts {
  has(id: string): boolean;
  add(id: string): void;
}

/** Two of these at most are kept: some 10 MB, and more calls than an hour brings. */
const GENERATION_MAX = 40_000;

/** Remembers the newest ids: at least `generationMax` of them, at most twice as many. */
export function createHeardFacts(generationMax = GENERATION_MAX): HeardFacts {
  let current = new Set<string>();
  let previous = new Set<string>();
  return {
    has: (id) => current.has(id) || previous.has(id),
    add: (id) => {
      current.add(id);
      if (current.size < generationMax) return;
      previous = current;
      current = new Set();
    },
  };
}

/** Publishes as `publish` does, and remembers what is durable. */
export const remembering =
  (publish: Publish, heard: HeardFacts): Publish =>
  async (events) => {
    await publish(events);
    for (const event of events) heard.add(event.id);
  };
