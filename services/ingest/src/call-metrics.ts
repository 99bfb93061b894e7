import { Counter, type Registry } from 'prom-client';

/** Of what Twilio tells of calls, as it tells it: what is told twice counts twice. What happened, once each, retention counts. */
export interface CallMetrics {
  /** Somebody came into a conference, `joined`; or was called into it and never came, by the status of that call. */
  conferenceJoin(outcome: string): void;
  /** A caller was asked to press or say something, or answered, or did not. */
  gathered(prompt: 'consent' | 'menu', outcome: 'asked' | 'answered' | 'empty'): void;
  /** Twilio told what became of a text message that was sent from here. */
  messageTold(status: string): void;
}

export function createCallMetrics(registers: Registry[]): CallMetrics {
  const joins = new Counter({
    name: 'onrecord_ingest_conference_joins_total',
    help: 'Callbacks of conferences by what they tell of a participant: joined, or why one who was called never came. A repeated one counts again.',
    labelNames: ['outcome'],
    registers,
  });
  const gathers = new Counter({
    name: 'onrecord_ingest_gathers_total',
    help: 'Callers asked to press or say something, by what came of it: asked, answered, empty. A repeated request counts again.',
    labelNames: ['prompt', 'outcome'],
    registers,
  });
  const messages = new Counter({
    name: 'onrecord_ingest_message_callbacks_total',
    help: 'Callbacks of text messages that were sent, by what they tell: sent, delivered, undelivered, failed, …. A repeated one counts again.',
    labelNames: ['status'],
    registers,
  });
  return {
    messageTold: (status) => messages.inc({ status }),
    conferenceJoin: (outcome) => joins.inc({ outcome }),
    gathered: (prompt, outcome) => gathers.inc({ prompt, outcome }),
  };
}
