import {
  type EventLog,
  EventLogUnavailableError,
  type LogRecord,
  type SubscriptionListener,
} from '@onrecord/shared/event-log/port';

interface Gate {
  reached: PromiseWithResolvers<void>;
  open: PromiseWithResolvers<void>;
}

/** A log whose state the test sets: it takes records, holds them back until let go, or is away. */
export function controlledEventLog() {
  const appended: LogRecord[] = [];
  const readers: SubscriptionListener[] = [];
  let gate: Gate | undefined;
  let isAway = false;
  const refuseIfAway = async () => {
    if (isAway) throw new EventLogUnavailableError('no broker');
  };
  const log: EventLog = {
    ensureTopics: async () => {},
    append: async (records) => {
      gate?.reached.resolve();
      await gate?.open.promise;
      await refuseIfAway();
      appended.push(...records);
    },
    subscribe: async ({ listener }) => {
      await refuseIfAway();
      readers.push(listener);
      return { pause: () => {}, resume: () => {}, commit: async () => {}, close: async () => {} };
    },
    keptAtMostMs: async () => 0,
    retentionMs: async () => new Map(),
    holdsBefore: async () => false,
    readNow: async () => {},
    ping: refuseIfAway,
    close: async () => {},
  };
  return {
    log,
    appended,
    /** Whoever reads from it. */
    readers,
    goAway: () => {
      isAway = true;
    },
    comeBack: () => {
      isAway = false;
    },
    /** From now on nothing is durable until it is let go. `reached` resolves when something waits. */
    holdBack: () => {
      const { reached, open } = { reached: Promise.withResolvers<void>(), open: Promise.withResolvers<void>() };
      gate = { reached, open };
      return { reached: reached.promise, letGo: () => open.resolve() };
    },
  };
}
