import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './scenario.ts';
import type { SimulatorControls } from './simulator-controls.ts';

type Step = Scenario['steps'][number];

/**
 * Carries a scenario out, step by step, and says how each went. A step ends when all of its calls have.
 * @throws the signal's reason
 */
export async function playScenario(
  { steps }: Scenario,
  controls: SimulatorControls,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, step] of steps.entries()) {
    signal.throwIfAborted();
    say(`step ${index + 1} of ${steps.length}: ${await play(step, controls, signal)}`);
  }
}

async function play(step: Step, controls: SimulatorControls, signal: AbortSignal): Promise<string> {
  switch (step.do) {
    case 'place-calls':
      return placeCalls(step, controls, signal);
    case 'set-faults':
      if (step.callbacks) controls.spoilCallbacks(step.callbacks);
      for (const failure of step.twilio) controls.failRest(failure);
      if (step.lists) controls.delayLists(step.lists);
      for (const order of step.deepgram) controls.deepgram.failNext(order);
      return 'faults set';
    case 'clear-faults':
      controls.faults.clear();
      return 'faults cleared';
    case 'wait':
      await sleep(step.seconds * 1_000, undefined, { signal });
      return `waited ${step.seconds} s`;
  }
}

async function placeCalls(
  { call, count, concurrency }: Extract<Step, { do: 'place-calls' }>,
  controls: SimulatorControls,
  signal: AbortSignal,
): Promise<string> {
  let left = count;
  let recordings = 0;
  let problems = 0;
  const caller = async () => {
    while (left > 0 && !signal.aborted) {
      left -= 1;
      const placed = await controls.placeCall(call);
      recordings += placed.recordingSid === undefined ? 0 : 1;
      problems += placed.problems.length;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, caller));
  signal.throwIfAborted();
  return `${count} call(s) placed, ${recordings} recording(s), ${problems} problem(s)`;
}
