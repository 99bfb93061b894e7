import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Logger } from 'pino';
import { RESOURCE_KINDS, type ResourceKind } from '../domain/resource.ts';
import type { HeardFacts } from './heard-facts.ts';
import { type SurveyOptions, survey } from './survey.ts';

export interface OnDemandOptions extends Omit<SurveyOptions, 'signal' | 'graceMs'> {
  heard: HeardFacts;
  /** Resolves when the events are durable. */
  publish(events: readonly OnrecordEvent[]): Promise<void>;
  logger: Logger;
}

/** What is said about a look that a person asked for, as it goes on. */
export type Report =
  | { found: { kind: ResourceKind; eventId: string; status: string; at: string; heard: boolean } }
  | { passedOver: { sid: string | undefined; reason: string } }
  | { done: { found: number; unheard: number; published: number } };

/**
 * Looks through everything since a moment for a person. What is found is published whether it was heard of or not: ids make a
 * repetition harmless, and one whose handling was given up gets another chance. The watermark stays where it is.
 * @throws StageError, EventLogUnavailableError
 */
export async function* reconcileOnDemand(
  { since, dryRun }: { since: Date; dryRun: boolean },
  options: OnDemandOptions,
  signal: AbortSignal,
): AsyncGenerator<Report> {
  const { now, heard, publish, logger } = options;
  const look = { sinceMs: since.getTime(), untilMs: now().getTime() };
  const done = { found: 0, unheard: 0, published: 0 };
  logger.info({ at: since, outcome: dryRun ? 'dry run' : 'publish' }, 'asked to reconcile');
  for (const kind of RESOURCE_KINDS) {
    for await (const { finds, passedOver } of survey(kind, look, { ...options, graceMs: 0, signal })) {
      const events = finds.map(({ event }) => event);
      const reports = finds.map(({ event, at }) => {
        const isHeard = heard.has(event.id);
        return { found: { kind, eventId: event.id, status: event.data.status, at, heard: isHeard } };
      });
      if (!dryRun && events.length > 0) await publish(events);
      done.found += events.length;
      done.unheard += reports.filter(({ found }) => !found.heard).length;
      done.published += dryRun ? 0 : events.length;
      yield* reports;
      for (const each of passedOver) yield { passedOver: each };
    }
  }
  yield { done };
}
