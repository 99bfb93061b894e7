import { expect, it } from 'vitest';
import { type DatedSweep, whileClocksAgree } from './dated-sweeps.ts';
import { erasureSweeps } from './erasures/erasure-sweeps.ts';
import { createSweeps } from './sweeps.ts';

/** The sweeps as they are put together; none of them is run. */
const ALL: readonly DatedSweep[] = [...erasureSweeps({} as never), ...createSweeps({} as never)];

// Erasures and numbers came later than the guard, and stood beside it: a sweep that is added has its line here.
it('each sweep says what it does by a clock that is wrong', () => {
  expect(ALL.map(({ name, effect }) => `${effect}: ${name}`).toSorted()).toEqual([
    'goes-on: attempt deletions',
    'goes-on: look at residues',
    'goes-on: prune processed events',
    'keeps: carry out holds',
    'keeps: decide again',
    'keeps: name persons of old answers',
    'keeps: note numbers of old legs',
    'keeps: note old refusals',
    'keeps: place audit entries',
    'keeps: plan again by plan',
    'keeps: plan again by rules',
    'keeps: tell what is left',
    'takes: begin deletions',
    'takes: begin deletions of parts',
    'takes: decide what waited',
    'takes: erase calls at Twilio',
    'takes: forget old calls',
    'takes: forget recordings',
    'takes: replace numbers',
    'takes: run erasures',
  ]);
});

it('what takes something away runs while the clocks agree alone, asked before each turn; the others always', async () => {
  const ran: string[] = [];
  const clocks = { agree: false };
  const sweeps = whileClocksAgree(
    async () => clocks.agree,
    (['takes', 'goes-on', 'keeps'] as const).map((effect) => ({
      ...{ name: effect, effect },
      sweep: async () => ran.push(effect) > 0,
    })),
  );
  const turn = async () => {
    ran.length = 0;
    const more = [];
    for (const sweep of sweeps) more.push(await sweep());
    return [[...ran], more];
  };
  expect(await turn()).toEqual([
    ['goes-on', 'keeps'],
    [false, true, true],
  ]);
  clocks.agree = true;
  expect(await turn()).toEqual([
    ['takes', 'goes-on', 'keeps'],
    [true, true, true],
  ]);
});
