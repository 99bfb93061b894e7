import type { CallScript, RecordingState, Simulator } from '@onrecord/simulator/simulator';
import { cleared } from './pipeline.ts';
import { callOf, recordCall, startTestSimulator } from './simulator.ts';

export const lines: Parameters<typeof callOf>[0] = [
  { party: 'Ann', text: 'Hello, I would like to change my delivery address.' },
  { party: 'Bob', text: 'Of course. What is your order number?' },
  { party: 'Ann', text: 'One two three four.' },
];
export const call = callOf(lines);

/** What the simulated Twilio recorded of a call. */
export async function record(script: CallScript): Promise<{ simulator: Simulator; recording: RecordingState }> {
  const simulator = await startTestSimulator();
  const recording = await recordCall(simulator, script);
  return { simulator, recording };
}

export function clearanceOf(recording: RecordingState, overrides: Parameters<typeof cleared>[0] = {}) {
  return cleared({
    recordingSid: recording.sid,
    callSid: recording.callSid ?? undefined,
    conferenceSid: recording.conferenceSid ?? undefined,
    recording: {
      channels: recording.channels,
      durationSeconds: recording.duration ?? 0,
      startedAt: new Date(recording.startTime).toISOString(),
    },
    ...overrides,
  });
}
