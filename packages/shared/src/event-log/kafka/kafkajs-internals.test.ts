import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import './open.ts';

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue');

// kafkajs looked every millisecond whether a request waits, by a timer in the past, of which Node 24 warns (kafkajs#1751).
test('a connection on which no request waits sets no timer, and one on which a request waits does', () => {
  const queue = new RequestQueue({ logger: { debug: () => {} } });
  queue.checkPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
  queue.pending.push({});
  queue.scheduleCheckPendingRequests();
  expect(queue.throttleCheckTimeoutId).not.toBeNull();
  queue.destroy();
});
