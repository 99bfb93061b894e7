import { expect, it } from 'vitest';
import { agreeingPlans } from './agreeing-plans.ts';

// Two replicas with different periods planned each other's recordings again for ever.
it('keeps a process from planning again by other settings than those that stand, and says which once', async () => {
  const settings = { RETENTION_PERIOD: '60 s', CONSENT_MODE: 'explicit' };
  let standing: Record<string, string> = settings;
  const told: (readonly string[])[] = [];
  const agrees = agreeingPlans({ settings, put: async () => standing, onDifference: (each) => told.push(each) });
  expect(await agrees()).toBe(true);
  standing = { RETENTION_PERIOD: '90 s', CONSENT_MODE: 'explicit' };
  expect([await agrees(), await agrees()]).toEqual([false, false]);
  expect(told).toEqual([['RETENTION_PERIOD is 60 s here and 90 s there']]);
  standing = settings;
  expect(await agrees()).toBe(true);
});
