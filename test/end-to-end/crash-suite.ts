import { setTimeout as sleep } from 'node:timers/promises';
import type { CallScript } from '@onrecord/simulator/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation, type ServiceName } from './installation.ts';

const RECORDINGS = 50;
/** Calls at a time: enough that every service has work in flight whenever it is killed. */
const CALLS_AT_ONCE = 5;
/** Of these, every fifth refuses and every seventh never answers. */
const consentOf = (index: number) => (index % 5 === 4 ? 'refused' : index % 7 === 6 ? 'none' : 'granted');

const script = (index: number): CallScript => ({
  kind: 'inbound-call',
  from: `+1415555${String(1_000 + index)}`,
  to: '+14155550199',
  parties: [
    { name: 'caller', voice: 'rms', channel: 0 },
    { name: 'agent', voice: 'slt', channel: 1 },
  ],
  // The same words each time keep speech synthesis out of the way; the audio still differs by recording.
  utterances: [
    { party: 'agent', text: 'How can I help?' },
    { party: 'caller', text: 'I would like to change my address.' },
  ],
  consent: consentOf(index),
  recording: 'always',
});

/** Kills each service without warning in the middle of the work, and starts it again. */
export function crashSuite(openBackends: () => Promise<Backends>): void {
  let installation: Installation;
  beforeAll(async () => {
    // What was in flight at a killed member comes back when its partitions are given to the next one.
    installation = await Installation.start(await openBackends());
  });
  afterAll(() => installation?.stop());

  test('services killed at random moments lose nothing and repeat no transcription that was stored', async () => {
    const { simulator, recordsApi, services } = installation;
    const sids: { sid: string; consent: string }[] = [];
    const remaining = Array.from({ length: RECORDINGS }, (_, index) => index);
    const caller = async () => {
      for (let index = remaining.shift(); index !== undefined; index = remaining.shift()) {
        const { recordingSid } = await simulator.placeCall(script(index));
        sids.push({ sid: recordingSid ?? '', consent: consentOf(index) });
      }
    };
    const calls = Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller));
    for (const name of ['transcriber', 'retention', 'ingest'] satisfies ServiceName[]) {
      await sleep(300 + Math.random() * 1_200);
      await services[name].kill();
      await services[name].start();
    }
    await calls;

    for (const { sid, consent } of sids) {
      const state = { granted: 'transcribed', refused: 'deleted', none: 'withheld' }[consent] ?? '';
      await recordsApi.waitFor(sid, state);
    }
    expect((await recordsApi.recordings()).length).toBe(RECORDINGS);

    const requests = await simulator.speechRequests();
    const answered = new Map<string, number>();
    for (const { recordingSid = '', outcome } of requests) {
      if (outcome === 'answered') answered.set(recordingSid, (answered.get(recordingSid) ?? 0) + 1);
    }
    for (const { sid, consent } of sids) {
      const bytes = requests.filter((request) => request.recordingSid === sid);
      if (consent !== 'granted') expect(bytes, `${consent}: no byte of ${sid} reached the provider`).toEqual([]);
    }
    // Only answers that were on their way to a killed transcriber, and so never stored, may be asked for again.
    const repeated = [...answered.values()].filter((count) => count > 1).length;
    expect(repeated).toBeLessThanOrEqual(TRANSCRIPTIONS_IN_FLIGHT_MAX);
  });
}

/** The transcriber's own default: so many requests can be unanswered or unstored when it is killed. */
const TRANSCRIPTIONS_IN_FLIGHT_MAX = 16;
