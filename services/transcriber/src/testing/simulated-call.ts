import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallScript, type RecordingState, type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { onTestFinished } from 'vitest';
import { serve } from './http-server.ts';
import { accountSid, cleared } from './pipeline.ts';

export const lines = [
  { party: 'Ann', text: 'Hello, I would like to change my delivery address.' },
  { party: 'Bob', text: 'Of course. What is your order number?' },
  { party: 'Ann', text: 'One two three four.' },
];
export const call: CallScript = {
  kind: 'inbound-call',
  from: '+14155550100',
  to: '+14155550101',
  parties: [
    { name: 'Ann', voice: 'slt', channel: 0 },
    { name: 'Bob', voice: 'kal', channel: 1 },
  ],
  utterances: lines,
  recording: 'always',
};
/** What the simulated Twilio recorded of a call. */
export async function record(script: CallScript): Promise<{ simulator: Simulator; recording: RecordingState }> {
  const application = await serve((_request, response) =>
    response
      .writeHead(200, { 'content-type': 'text/xml' })
      .end('<Response><Dial><Number>+14155550103</Number></Dial></Response>'),
  );
  const simulator = await startSimulator({
    accountSid,
    authToken: 'token',
    publicBaseUrl: application.url,
    speechCacheDir: join(tmpdir(), 'onrecord-test-speech'),
    speed: 1_000,
  });
  onTestFinished(() => simulator.stop());
  await simulator.placeCall(script);
  const [recording] = simulator.recordings.list();
  if (!recording) throw new Error('nothing was recorded');
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
