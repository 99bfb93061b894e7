import type { PlacedCall, Simulator } from '@onrecord/simulator/simulator';
import { request } from 'undici';
import type { Story } from '../story.ts';
import { DEMO_CALLS, type DemoCall, type PlacedDemoCall } from './demo-plan.ts';
import { outcomesOf, type Summary, summarize } from './summary.ts';

export interface DemoOptions {
  simulator: Simulator;
  story: Story;
  recordsApi: { url: string; token: string };
  print(line: string): void;
  signal: AbortSignal;
}

/** Generous: on a busy machine a step of the demonstration takes seconds, on a broken one it never ends. */
const STEP_TIMEOUT_MS = 60_000;
/** Long enough to read the transcript before it goes. */
const SHORTENED_RETENTION_MS = 3_000;

/** Places the demonstration's calls and waits until each has become what it should. */
export async function runDemo(options: DemoOptions): Promise<{ summary: Summary; calls: PlacedDemoCall[] }> {
  const { simulator, story, print, signal } = options;
  const calls: PlacedDemoCall[] = [];
  for (const call of DEMO_CALLS) {
    if (signal.aborted) break;
    print(`\n${call.title}`);
    const placed = await simulator.placeCall(call.script);
    calls.push({ call, placed });
    await story.until(() => isTold(placed, call, story), STEP_TIMEOUT_MS, signal);
    if (call.shortenRetention) await shortenRetention(placed, options);
  }
  print('\nwaiting for what takes its time: deletions, and the end of the grace period');
  await story.until(() => summarize(calls, story.events()).ok, STEP_TIMEOUT_MS, signal);
  return { summary: summarize(calls, story.events()), calls };
}

/** What comes at once has come; refusal, deletion and withholding take their periods. */
function isTold({ recordingSid, callSid }: PlacedCall, call: DemoCall, story: Story): boolean {
  if (recordingSid === undefined) return story.events().some((event) => event.subject === callSid);
  const reached = outcomesOf(recordingSid, story.events());
  return call.outcomes.filter((outcome) => AT_ONCE.has(outcome)).every((outcome) => reached.has(outcome));
}

const AT_ONCE = new Set(['archived', 'transcribed', 'refused']);

async function shortenRetention({ recordingSid }: PlacedCall, { recordsApi, print }: DemoOptions): Promise<void> {
  const deleteAfter = new Date(Date.now() + SHORTENED_RETENTION_MS).toISOString();
  const { statusCode, body } = await request(`${recordsApi.url}/v1/recordings/${recordingSid}/retention`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${recordsApi.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ deleteAfter }),
  });
  await body.dump();
  const seconds = SHORTENED_RETENTION_MS / 1_000;
  print(
    statusCode < 300
      ? `  retention  shortened through the records API: deleted in ${seconds} s`
      : `  retention  could not be shortened: the records API answered ${statusCode}`,
  );
}
