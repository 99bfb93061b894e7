import type { OnrecordEvent } from '@onrecord/shared/events';
import type { PlacedCall, Simulator } from '@onrecord/simulator/simulator';
import { request } from 'undici';
import { aborted } from '../aborted.ts';
import type { Story } from '../story.ts';
import { DEMO_CALLS, type DemoCall, type Outcome, type PlacedDemoCall } from './demo-plan.ts';
import { outcomesOf, type Summary, summarize } from './summary.ts';

export interface DemoOptions {
  simulator: Simulator;
  story: Story;
  recordsApi: { url: string; token: string };
  print(line: string): void;
  /** No further call is placed. */
  interrupted: AbortSignal;
  /** Nothing is waited for any more. */
  failed: AbortSignal;
}

/** Generous: on a busy machine a step of the demonstration takes seconds, on a broken one it never ends. */
const STEP_TIMEOUT_MS = 60_000;
/** Long enough to read the transcript before it goes. */
const SHORTENED_RETENTION_MS = 3_000;

/** Places the demonstration's calls and waits until each has become what it should. */
export async function runDemo(options: DemoOptions): Promise<{ summary: Summary; calls: PlacedDemoCall[] }> {
  const { simulator, story, print, interrupted, failed } = options;
  const signal = AbortSignal.any([interrupted, failed]);
  const calls: PlacedDemoCall[] = [];
  for (const call of DEMO_CALLS) {
    if (signal.aborted) break;
    print(`\n${call.title}`);
    // What nobody can take is delivered again and again, for half a minute.
    const placed = await Promise.race([simulator.placeCall(call.script), aborted(failed)]);
    if (placed === undefined) break;
    calls.push({ call, placed });
    await story.until(() => isTold(placed, call, story), STEP_TIMEOUT_MS, signal);
    if (call.shortenRetention) await shortenRetention(placed, options);
  }
  if (!signal.aborted) print('\nwaiting for what takes its time: deletions, and the end of the grace period');
  await story.until(() => summarize(calls, story.events()).ok, STEP_TIMEOUT_MS, signal);
  return { summary: summarize(calls, story.events()), calls };
}

/** A call is over and its recording complete; what comes at once has come, while deletion and withholding take their periods. */
function isTold({ recordingSid, callSids }: PlacedCall, call: DemoCall, story: Story): boolean {
  const events = story.events();
  if (!callSids.every((sid) => hasEnded(sid, events))) return false;
  if (recordingSid === undefined) return true;
  const reached = outcomesOf(recordingSid, events);
  return (
    isComplete(recordingSid, events) && call.outcomes.every((outcome) => !AT_ONCE.has(outcome) || reached.has(outcome))
  );
}

const AT_ONCE = new Set<Outcome>(['archived', 'transcribed', 'refused']);
const UNDERWAY = new Set(['queued', 'initiated', 'ringing', 'in-progress', 'answered']);

const hasEnded = (callSid: string, events: readonly OnrecordEvent[]) =>
  events.some(
    ({ type, data }) =>
      type === 'onrecord.call.status-changed.v1' && data.callSid === callSid && !UNDERWAY.has(data.status),
  );

const isComplete = (recordingSid: string, events: readonly OnrecordEvent[]) =>
  events.some(
    ({ type, data }) =>
      type === 'onrecord.recording.reported.v1' && data.recordingSid === recordingSid && data.status === 'completed',
  );

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
