import { describe, expect, test } from 'vitest';
import { HeldBackKeys } from './held-back-keys.ts';

describe('keys that are held back', () => {
  test('wait twice as long with each failure, up to a limit', () => {
    const keys = new HeldBackKeys({ delayMs: 100, delayMaxMs: 300 });
    keys.holdBack('a', 0);
    expect(keys.nextIn(0)).toBe(100);
    keys.holdBack('a', 100);
    expect(keys.nextIn(100)).toBe(200);
    keys.holdBack('a', 300);
    expect(keys.nextIn(300)).toBe(300);
  });

  test('have their turn when their time is over, and start afresh after a success', () => {
    const keys = new HeldBackKeys({ delayMs: 100, delayMaxMs: 300 });
    keys.holdBack('a', 0);
    expect([keys.keysAt(99), keys.keysAt(100)]).toEqual([['a'], []]);
    keys.succeeded('a');
    keys.holdBack('a', 1_000);
    expect(keys.nextIn(1_000)).toBe(100);
  });

  test('are forgotten when they do not come again, and never ask for an attempt at once', () => {
    const keys = new HeldBackKeys({ delayMs: 100, delayMaxMs: 300 });
    keys.holdBack('a', 0);
    expect(keys.nextIn(150)).toBeUndefined();
    expect(keys.keysAt(500)).toEqual([]);
    keys.holdBack('a', 500);
    expect(keys.nextIn(500)).toBe(100);
  });
});
