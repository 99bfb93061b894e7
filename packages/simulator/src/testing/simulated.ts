import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../simulator.ts';
import { ACCOUNT_SID, type Application, AUTH_TOKEN } from './application.ts';

/** Sentences are spoken once a machine. */
export const SPEECH_CACHE = join(tmpdir(), 'onrecord-test-speech');

/** A simulator that calls this application, until the test ends. */
export async function simulate(application: Application, options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    accountSid: ACCOUNT_SID,
    authToken: AUTH_TOKEN,
    publicBaseUrl: application.url,
    speechCacheDir: SPEECH_CACHE,
    speed: 2_000,
    ...options,
  });
  onTestFinished(async () => {
    await simulator.stop();
    await application.stop();
  });
  return simulator;
}
