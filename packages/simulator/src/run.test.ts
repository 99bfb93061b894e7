import { expect, test } from 'vitest';
import type { Delivery } from './calls/deliveries.ts';
import { describe } from './run.ts';

const dropped: Delivery = {
  kind: 'debugger',
  url: 'http://app/webhooks/debugger',
  method: 'POST',
  parameters: { Sid: 'NO1', Level: 'ERROR' },
  at: '2026-11-21T10:00:00.000Z',
  attempts: 0,
  answers: [],
  error: 'dropped on demand',
  faults: ['dropped'],
};

// It once said "debugger undefined undefined: … after 0 attempts".
test('the line of a delivery says what it was about, where that is known', () => {
  expect(describe(dropped)).toBe('simulator: debugger NO1 ERROR: POST /webhooks/debugger dropped on demand');
  expect(describe({ ...dropped, kind: 'events', parameters: {} })).toMatch(/^simulator: events: POST /);
});
