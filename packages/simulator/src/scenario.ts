import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { callScript } from './call-script.ts';
import { callbackFaults } from './calls/callback-faults.ts';
import { failureOrder } from './deepgram/faults.ts';
import { demoCalls } from './demo-calls.ts';
import { listDelay, restFailure } from './twilio/rest-faults.ts';

const STEPS_MAX = 1_000;
const CALLS_MAX = 100_000;
/** Each has its speech, its clock and its connections. */
const CONCURRENCY_MAX = 200;
const WAIT_SECONDS_MAX = 86_400;

const demoNames = Object.keys(demoCalls) as (keyof typeof demoCalls)[];

const placeCalls = z.strictObject({
  do: z.literal('place-calls'),
  /** A script of one's own, or the name of one of the demonstration's. */
  call: z.preprocess((given, context) => {
    if (typeof given !== 'string') return given;
    const name = demoNames.find((each) => each === given);
    if (name !== undefined) return demoCalls[name];
    context.addIssue({ code: 'custom', message: `give a call script, or one of ${demoNames.join(', ')}` });
    return z.NEVER;
  }, callScript),
  count: z.number().int().min(1).max(CALLS_MAX).default(1),
  /** Calls that go on at the same time. */
  concurrency: z.number().int().min(1).max(CONCURRENCY_MAX).default(1),
});

/** What goes wrong from now on; what is not named stays as it was. */
const setFaults = z.strictObject({
  do: z.literal('set-faults'),
  callbacks: callbackFaults.optional(),
  twilio: z.array(restFailure).max(STEPS_MAX).default([]),
  lists: listDelay.optional(),
  deepgram: z.array(failureOrder).max(STEPS_MAX).default([]),
});

const step = z.discriminatedUnion('do', [
  placeCalls,
  setFaults,
  z.strictObject({ do: z.literal('clear-faults') }),
  z.strictObject({ do: z.literal('wait'), seconds: z.number().min(0).max(WAIT_SECONDS_MAX) }),
]);

/** What is done to a simulator, one step after the other. */
const scenario = z.strictObject({ steps: z.array(step).min(1).max(STEPS_MAX) });
export type Scenario = z.output<typeof scenario>;

/** A scenario that cannot be carried out, with all that is wrong about it. */
class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

/**
 * The whole scenario of a file, checked before anything of it is done.
 * @throws ScenarioError naming the file and each field
 */
export async function readScenario(path: string, { hasNextToken }: { hasNextToken: boolean }): Promise<Scenario> {
  const parsed = scenario.safeParse(await readJson(path));
  if (!parsed.success) throw new ScenarioError(`${path} is no scenario:\n${z.prettifyError(parsed.error)}`);
  parsed.data.steps.forEach((each, index) => {
    if (each.do !== 'set-faults' || hasNextToken || !each.callbacks?.nextTokenShare) return;
    const place = `steps[${index}].callbacks.nextTokenShare`;
    throw new ScenarioError(`${path}: ${place} needs a secondary token: set TWILIO_AUTH_TOKEN_NEXT`);
  });
  return parsed.data;
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new ScenarioError(`${path} cannot be read (${code}): give the path of a scenario file`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ScenarioError(`${path} is not JSON: ${(error as Error).message}`);
  }
}
