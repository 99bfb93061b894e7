import { callStatusChanged, createEvent } from '@onrecord/shared/events';
import { expect, test } from 'vitest';
import { narrate } from './narrate.ts';

const callSid = `CA${'d'.repeat(32)}`;
const ended = (status: string) => {
  const data = { accountSid: `AC${'a'.repeat(32)}`, callSid, status, occurredAt: TIME, parameters: {} };
  return narrate(createEvent(callStatusChanged, data, { time: TIME }), 'npx -y pnpm@10 onrecord');
};
const TIME = '2026-11-21T10:00:00Z';

// The terminal showed CA36d492… alone, and the command wants all of it.
test('a call that reached nobody is told with the command that explains it', () => {
  expect(ended('busy')).toContain(`onrecord diagnosis ${callSid}`);
  expect(ended('completed')).not.toContain('diagnosis');
});
