import { z } from 'zod';
import { accountSid, defineEvent, instant, TOPICS } from './envelope.ts';

/** A person had a dead letter handled again, or put it aside for good. */
export const deadLetterSettled = defineEvent({
  type: 'onrecord.dead-letter.settled.v1',
  topic: TOPICS.compliance,
  summary: 'A person had an event handled again that could not be handled, or put it aside for good.',
  schema: z.looseObject({
    accountSid,
    /** Where the event could not be handled; its dead letter is at this place of the topic's dead-letter topic. */
    topic: z.string().min(1),
    partition: z.int().min(0),
    offset: z.int().min(0),
    outcome: z.enum(['replayed', 'discarded']),
    /** As the command line knows them, which nobody has checked. */
    settledBy: z.string().min(1),
    reason: z.string().min(1).optional(),
    settledAt: instant,
    /** Of the event, each only where it was there and nothing in it is like a phone number. */
    eventId: z.string().min(1).optional(),
    eventType: z.string().min(1).optional(),
    eventSubject: z.string().min(1).optional(),
  }),
  key: placeOf,
  id: (data) => `dead-letter:${placeOf(data)}:${data.outcome}`,
});

/** As `onrecord dead-letters` names it. */
function placeOf({ topic, partition, offset }: { topic: string; partition: number; offset: number }): string {
  return `${topic}/${partition}/${offset}`;
}
