import type { OnrecordEvent } from '@onrecord/shared/events';
import { Counter, type Registry } from 'prom-client';
import { countedFact } from './domain/counted-fact.ts';

/** Of what happens to calls, as Twilio tells it. */
export interface CallMetrics {
  /** A fact is durable that this process had not heard of before. */
  happened(event: OnrecordEvent): void;
  /** Somebody who was called into a conference never came; `status` is that call's. */
  joinFailed(status: string): void;
  /** A caller was asked to press or say something, or answered, or did not. */
  gathered(prompt: 'consent' | 'menu', outcome: 'asked' | 'answered' | 'empty'): void;
}

export function createCallMetrics(registers: Registry[]): CallMetrics {
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `onrecord_ingest_${name}_total`, help, labelNames, registers });
  const legs = counter(
    'call_legs_ended',
    'Call legs by final status and direction; only those completed were answered. A process counts what it has not heard of itself.',
    ['status', 'direction'],
  );
  const failures = counter(
    'call_leg_failures',
    'Call legs that ended without having been talked on, by cause: a key of the catalogue.',
    ['cause'],
  );
  const alerts = counter('alerts', 'Errors and warnings of Twilio, by level and cause.', ['level', 'cause']);
  const consents = counter('consents', 'Answers to the consent prompt.', ['outcome']);
  const joins = counter(
    'conference_joins',
    'Participants of conferences: joined, or why one who was called never came.',
    ['outcome'],
  );
  const gathers = counter(
    'gathers',
    'Callers asked to press or say something, by what came of it: asked, answered, empty.',
    ['prompt', 'outcome'],
  );
  return {
    happened: (event) => {
      const fact = countedFact(event);
      if (fact?.kind === 'leg-ended') {
        legs.inc({ status: fact.status, direction: fact.direction });
        if (fact.cause !== undefined) failures.inc({ cause: fact.cause });
      } else if (fact?.kind === 'alert') alerts.inc({ level: fact.level, cause: fact.cause });
      else if (fact?.kind === 'joined') joins.inc({ outcome: 'joined' });
      else if (fact?.kind === 'consent') consents.inc({ outcome: fact.outcome });
    },
    joinFailed: (status) => joins.inc({ outcome: status }),
    gathered: (prompt, outcome) => gathers.inc({ prompt, outcome }),
  };
}
