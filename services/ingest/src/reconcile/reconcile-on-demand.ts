import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { RESOURCE_KINDS, type ResourceKind } from '../domain/resource.ts';
import { createHeardFacts, type HeardFacts } from './heard-facts.ts';
import type { Find, SurveyOptions } from './step.ts';
import { survey } from './survey.ts';

export interface OnDemandOptions extends Omit<SurveyOptions, 'signal' | 'graceMs' | 'settleMs' | 'isKnown'> {
  heard: HeardFacts;
  /** Resolves when the events are durable. */
  publish(events: readonly OnrecordEvent[]): Promise<void>;
  logger: Logger;
}

/** What is said about a look that a person asked for, as it goes on. */
export type Report =
  | { found: { kind: ResourceKind; eventId: string; status: string; callSid?: string; at: string; heard: boolean } }
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
  // An alert is in its list and in its call's notifications.
  const seen = createHeardFacts();
  logger.info({ at: since, outcome: dryRun ? 'dry run' : 'publish' }, 'asked to reconcile');
  for (const kind of RESOURCE_KINDS) {
    const asking = { ...options, graceMs: 0, settleMs: 0, isKnown: seen.has, signal };
    for await (const { finds: all, passedOver, kind: found } of survey(kind, look, asking)) {
      const finds = all.filter(({ event }) => !seen.has(event.id));
      for (const { event } of finds) seen.add(event.id);
      const events = finds.map(({ event }) => event);
      const reports = finds.map(({ event, at }) => {
        const isHeard = heard.has(event.id);
        return { found: { kind: found, eventId: event.id, ...shown(event), at, heard: isHeard } };
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

/** What a person is told of a fact beside its SID. */
function shown(event: Find['event']): { status: string; callSid?: string } {
  if (event.type !== 'onrecord.alert.raised.v1') return { status: event.data.status };
  const { level, errorCode, callSid } = event.data;
  return { status: `${level} ${errorCode}`, ...(callSid === undefined ? {} : { callSid }) };
}
