import { createEvent, deadLetterSettled } from '@onrecord/shared/events';
import { expect, it } from 'vitest';
import { canonicalEntry } from '../audit/canonical-entry.ts';
import { auditOfDeadLetter } from './audit-of-dead-letter.ts';

const NOW = new Date('2026-03-01T10:00:00.000Z');
const number = '+14155550100';

it('can be written whatever the event says, and wherever a late letter is', () => {
  const event = createEvent(
    deadLetterSettled,
    {
      ...{ accountSid: `AC${'1'.padStart(32, '0')}`, topic: number, partition: 0, offset: 14_155_550_100 },
      ...{ outcome: 'discarded', settledBy: number, reason: number, settledAt: NOW.toISOString() },
      ...{ eventId: number, eventType: number, eventSubject: number },
    },
    { time: NOW.toISOString() },
  );
  const text = canonicalEntry(auditOfDeadLetter(event, NOW));
  expect(text).not.toContain(number);
  expect(JSON.parse(text).details).toMatchObject({ partition: 0, offset: 14_155_550_100 });
});
