import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallScript, type RecordingState, type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { onTestFinished } from 'vitest';
import { accountSid } from './pipeline.ts';

export const AUTH_TOKEN = 'token';
const TWIML = '<Response><Dial><Number>+14155550103</Number></Dial></Response>';

/** A simulated Twilio and Deepgram, with an application that has every call dialled on. */
export async function openSimulator(): Promise<{ simulator: Simulator; stop(): Promise<void> }> {
  const application = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/xml' }).end(TWIML),
  );
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  const simulator = await startSimulator({
    accountSid,
    authToken: AUTH_TOKEN,
    publicBaseUrl: `http://127.0.0.1:${(application.address() as AddressInfo).port}`,
    speechCacheDir: join(tmpdir(), 'onrecord-test-speech'),
    speed: 1_000,
  });
  const stop = async () => {
    await simulator.stop();
    application.close();
  };
  return { simulator, stop };
}

/** The same for one test. */
export async function startTestSimulator(): Promise<Simulator> {
  const { simulator, stop } = await openSimulator();
  onTestFinished(stop);
  return simulator;
}

/** Ann and Bob, each on a channel. */
export const callOf = (utterances: { party: 'Ann' | 'Bob'; text: string }[]): CallScript => ({
  kind: 'inbound-call',
  from: '+14155550100',
  to: '+14155550101',
  parties: [
    { name: 'Ann', voice: 'slt', channel: 0 },
    { name: 'Bob', voice: 'kal', channel: 1 },
  ],
  utterances,
  recording: 'always',
});

/** What the simulated Twilio recorded of a call. */
export async function recordCall(simulator: Simulator, script: CallScript): Promise<RecordingState> {
  const { recordingSid = '' } = await simulator.placeCall(script);
  const recording = simulator.recordings.get(recordingSid);
  if (!recording) throw new Error('nothing was recorded');
  return recording;
}
