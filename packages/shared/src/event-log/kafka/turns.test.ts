import { expect, it } from 'vitest';
import { EventLogUnavailableError } from '../port.ts';
import { Turns } from './turns.ts';

const soon = () => performance.now() + 20;

it('lets callers in one after the other, in the order in which they came', async () => {
  const turns = new Turns();
  const order: string[] = [];
  const visit = async (name: string) => {
    const end = await turns.take(performance.now() + 10_000, 'take a turn');
    order.push(`${name} in`);
    await new Promise(setImmediate);
    order.push(`${name} out`);
    end();
  };
  await Promise.all(['a', 'b', 'c'].map(visit));
  expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
});

it('gives up at the deadline, and lets nobody past who still has the turn', async () => {
  const turns = new Turns();
  const end = await turns.take(soon(), 'take a turn');
  await expect(turns.take(soon(), 'take a turn')).rejects.toThrow(EventLogUnavailableError);
  let entered = false;
  const third = turns.take(performance.now() + 10_000, 'take a turn').then((endThird) => {
    entered = true;
    endThird();
  });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(entered).toBe(false);
  end();
  await third;
  expect(entered).toBe(true);
});
