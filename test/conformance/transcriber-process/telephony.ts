import type { RecordingState, Simulator } from '@onrecord/simulator/simulator';
import {
  AUTH_TOKEN,
  callOf,
  recordCall as ofCall,
  startTestSimulator,
} from '../../../services/transcriber/src/testing/simulator.ts';

/** A recording that can be fetched, and who transcribes it. */
export interface Telephony {
  simulator: Simulator;
  recording: RecordingState;
  authToken: string;
}

/** Spoken once by each voice: 41 s. */
const TEXT = Array.from({ length: 12 }, () => 'I would like to change the address of my order, please.').join(' ');
const SPEAKERS = ['Ann', 'Bob', 'Ann', 'Bob'] as const;

/** A recording of 165 s and 5.3 MB in a simulator that goes with the test. */
export async function recordCall(): Promise<Telephony> {
  const simulator = await startTestSimulator();
  const script = callOf(SPEAKERS.map((party) => ({ party, text: TEXT })));
  const recording = await ofCall(simulator, script);
  return { simulator, recording, authToken: AUTH_TOKEN };
}
