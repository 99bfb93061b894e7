import { describe, expect, it } from 'vitest';
import { createSlots } from './slots.ts';

const signal = new AbortController().signal;

describe('slots', () => {
  it('are never more than there are, and are handed on in order', async () => {
    const slots = createSlots(2);
    const first = await slots.take(signal);
    await slots.take(signal);
    expect(slots.tryTake()).toBeUndefined();
    const served: string[] = [];
    const waiting = ['a', 'b'].map(async (name) => {
      const release = await slots.take(signal);
      served.push(name);
      return release;
    });
    first();
    first();
    const releaseA = await waiting[0];
    expect(served).toEqual(['a']);
    expect(slots.taken()).toBe(2);
    releaseA?.();
    await waiting[1];
    expect(served).toEqual(['a', 'b']);
  });

  it('are not kept for somebody who has gone', async () => {
    const slots = createSlots(1);
    const release = await slots.take(signal);
    const leaving = new AbortController();
    const gone = slots.take(leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(gone).rejects.toThrow('gone');
    release();
    expect(slots.tryTake()).toBeDefined();
  });

  it('are not given to somebody who is gone already', async () => {
    await expect(createSlots(1).take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });
});
