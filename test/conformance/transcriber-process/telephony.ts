import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordingState, type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { onTestFinished } from 'vitest';
import { accountSid } from '../../../services/transcriber/src/testing/pipeline.ts';

/** A recording that can be fetched, and who transcribes it. */
export interface Telephony {
  simulator: Simulator;
  recording: RecordingState;
  authToken: string;
}

const AUTH_TOKEN = 'token';
const TWIML = '<Response><Dial><Number>+14155550103</Number></Dial></Response>';
/** Spoken once by each voice: 41 s. */
const TEXT = Array.from({ length: 12 }, () => 'I would like to change the address of my order, please.').join(' ');
const SPEAKERS = ['Ann', 'Bob', 'Ann', 'Bob'];

/** A recording of 165 s and 5.3 MB in a simulator that goes with the test. */
export async function recordCall(): Promise<Telephony> {
  const application = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/xml' }).end(TWIML),
  );
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void application.close());
  const simulator = await startSimulator({
    accountSid,
    authToken: AUTH_TOKEN,
    publicBaseUrl: `http://127.0.0.1:${(application.address() as AddressInfo).port}`,
    speechCacheDir: join(tmpdir(), 'onrecord-test-speech'),
    speed: 1_000,
  });
  onTestFinished(() => simulator.stop());
  const { recordingSid = '' } = await simulator.placeCall({
    kind: 'inbound-call',
    from: '+14155550100',
    to: '+14155550101',
    parties: [
      { name: 'Ann', voice: 'slt', channel: 0 },
      { name: 'Bob', voice: 'kal', channel: 1 },
    ],
    utterances: SPEAKERS.map((party) => ({ party, text: TEXT })),
    recording: 'always',
  });
  const recording = simulator.recordings.get(recordingSid);
  if (!recording) throw new Error('nothing was recorded');
  return { simulator, recording, authToken: AUTH_TOKEN };
}
