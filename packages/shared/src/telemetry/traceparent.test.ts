import { expect, test } from 'vitest';
import { newTraceparent } from './traceparent.ts';

test('is a sampled W3C trace context, new each time', () => {
  const made = Array.from({ length: 100 }, newTraceparent);
  expect(new Set(made).size).toBe(100);
  for (const value of made) expect(value).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
});
