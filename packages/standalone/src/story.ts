import { startConsumer } from '@onrecord/shared/event-log/consumer';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import { block } from './layout.ts';
import { narrate } from './narrate.ts';

export interface StoryOptions {
  eventLog: EventLog;
  objectStore: ObjectStore;
  logger: Logger;
  /** How the command line is run for this installation. */
  onrecord: string;
  print(line: string): void;
  onFailure(error: Error): void;
}

/** What has happened since this process started, as it is told on the terminal. */
export interface Story extends AsyncDisposable {
  /** Each event once, however often it was delivered. */
  events(): readonly OnrecordEvent[];
  /** Resolves true when the condition holds, checked after each event; false after the timeout. */
  until(condition: () => boolean, timeoutMs: number, signal: AbortSignal): Promise<boolean>;
}

/** Enough for every wait of the demonstration; a long-running installation forgets older events. */
const EVENTS_MAX = 10_000;

/** Tells every event that passes, transcripts with their words, by reading the event log like any other service. */
export async function startStory({ onrecord, ...options }: StoryOptions): Promise<Story> {
  const { eventLog, objectStore, logger, print, onFailure } = options;
  const events = new Map<string, OnrecordEvent>();
  const listeners = new Set<() => void>();
  const handle = async (event: OnrecordEvent) => {
    if (events.has(event.id)) return;
    const text = narrate(event, onrecord);
    const words = event.type === 'onrecord.transcript.completed.v1' ? await transcriptText(event, objectStore) : '';
    if (text !== undefined) print(text);
    if (words !== '') print(words);
    events.set(event.id, event);
    const oldest = events.size > EVENTS_MAX ? events.keys().next().value : undefined;
    if (oldest !== undefined) events.delete(oldest);
    for (const listener of listeners) listener();
  };
  const consumer = await startConsumer({
    log: eventLog,
    group: 'standalone-story',
    topics: Object.values(TOPICS),
    handle,
    logger,
    metrics: createMetrics('story'),
    onFailure,
  });
  return {
    events: () => [...events.values()],
    until: (condition, timeoutMs, signal) => until(condition, timeoutMs, signal, listeners),
    [Symbol.asyncDispose]: () => consumer.close(),
  };
}

type TranscriptCompleted = Extract<OnrecordEvent, { type: 'onrecord.transcript.completed.v1' }>;

/** The transcript as people read it, indented; empty where it was deleted meanwhile. */
async function transcriptText({ data }: TranscriptCompleted, objectStore: ObjectStore): Promise<string> {
  const key = data.derived.find((object) => object.key.endsWith('.txt'))?.key;
  if (key === undefined) return '';
  try {
    const { body } = await objectStore.get(key);
    return block(Buffer.concat(await body.toArray()).toString('utf8'));
  } catch {
    return '';
  }
}

function until(
  condition: () => boolean,
  timeoutMs: number,
  signal: AbortSignal,
  listeners: Set<() => void>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (result: boolean) => {
      listeners.delete(check);
      signal.removeEventListener('abort', stop);
      clearTimeout(timer);
      resolve(result);
    };
    const check = () => {
      if (condition()) settle(true);
    };
    const stop = () => settle(false);
    const timer = setTimeout(stop, timeoutMs);
    listeners.add(check);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    check();
  });
}
