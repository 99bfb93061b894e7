import type { OnrecordEvent } from '@onrecord/shared/events';
import { Counter, type Registry } from 'prom-client';
import { countedFact } from './domain/counted-fact.ts';
import { foundFact } from './domain/found-fact.ts';

/**
 * Of what happens to calls and recordings. Counted where the ledger takes a fact for the first time: however often it is told, how many
 * instances hear of it and when they were started, it counts once.
 * @param since what happened before it was heard of late in any case, because nobody listened: the history that an installation finds
 * in Twilio's lists when it is new
 * @returns what is to be told of each fact that is news to the ledger
 */
export function createFactMetrics(registry: Registry, since: Date): (event: OnrecordEvent) => void {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `onrecord_${name}_total`, help, labelNames, registers: [registry] });
  const legs = counter(
    'call_legs_ended',
    'Call legs by final status and direction, each once; only those completed were answered.',
    ['status', 'direction'],
  );
  const failures = counter(
    'call_leg_failures',
    'Call legs that ended without having been talked on, each once, by cause: a key of the catalogue.',
    ['cause'],
  );
  const alerts = counter('alerts', 'Errors and warnings of Twilio, each once, by level and cause.', ['level', 'cause']);
  const consents = counter('consents', 'Answers to the question for consent, and parties that were told, each once.', [
    'outcome',
  ]);
  const found = counter(
    'facts_found',
    'Facts since the process began that no callback had told before the reconciler found them, by kind: recording or call.',
    ['kind'],
  );
  return (event) => {
    const kind = foundFact(event, since);
    if (kind !== undefined) found.inc({ kind });
    const fact = countedFact(event);
    if (fact?.kind === 'leg-ended') {
      legs.inc({ status: fact.status, direction: fact.direction });
      if (fact.cause !== undefined) failures.inc({ cause: fact.cause });
    } else if (fact?.kind === 'alert') alerts.inc({ level: fact.level, cause: fact.cause });
    else if (fact?.kind === 'consent') consents.inc({ outcome: fact.outcome });
  };
}
