import { setTimeout as sleep } from 'node:timers/promises';
import type { CallScript, ListenRequest } from '@onrecord/simulator/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation, type ServiceName } from './installation.ts';

/** More than a page of the records API, so that a recording too many cannot hide. */
const RECORDINGS = 53;
/** Calls at a time: enough that every service has work in flight whenever it is killed. */
const CALLS_AT_ONCE = 5;
/** Each takes Twilio's tries, some 15 s, where ingest is away. */
const CALLS_PER_RECORDING_MAX = 5;
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
        sids.push({ sid: await record(index), consent: consentOf(index) });
      }
    };
    // A call that nobody answers is not recorded: on a busy machine ingest may start for longer than Twilio tries. Who calls, calls again.
    const record = async (index: number): Promise<string> => {
      for (let attempt = 1; attempt <= CALLS_PER_RECORDING_MAX; attempt += 1) {
        const { recordingSid } = await simulator.placeCall(script(index));
        if (recordingSid !== undefined) return recordingSid;
      }
      throw new Error(`${CALLS_PER_RECORDING_MAX} calls in a row were not answered`);
    };
    const calls = Promise.all(Array.from({ length: CALLS_AT_ONCE }, caller));
    let killedAt = new Date();
    for (const name of ['transcriber', 'retention', 'ingest'] satisfies ServiceName[]) {
      await sleep(300 + Math.random() * 1_200);
      await services[name].kill();
      if (name === 'transcriber') killedAt = new Date();
      await services[name].start();
    }
    await calls;

    for (const { sid, consent } of sids) {
      const state = { granted: 'transcribed', refused: 'deleted', none: 'withheld' }[consent] ?? '';
      await recordsApi.waitFor(sid, state);
    }
    expect((await recordsApi.recordings()).length).toBe(RECORDINGS);

    const requests = await simulator.speechRequests();
    for (const { sid, consent } of sids) {
      const answered = requests.filter(({ recordingSid, outcome }) => recordingSid === sid && outcome === 'answered');
      if (consent === 'granted') expect(answered.length, `${sid} was transcribed`).toBeGreaterThan(0);
      else expect(answered, `${consent}: nothing of ${sid} reached the provider`).toEqual([]);
    }
    // An answer that was on its way to the killed transcriber was never stored; nothing else may be asked for again.
    const repeats = requests.length - sids.filter(({ consent }) => consent === 'granted').length;
    expect(repeats).toBeLessThanOrEqual(inFlightAt(killedAt, requests));
  });
}

/** Requests that the transcriber was working on when it was killed: begun before, and not stored yet. */
function inFlightAt(killedAt: Date, requests: readonly ListenRequest[]): number {
  const begun = requests.filter(
    ({ at }) => killedAt.getTime() - Date.parse(at) < UNSTORED_MS && new Date(at) <= killedAt,
  );
  return begun.length;
}

/** From a request's first byte until its answer is durable: on a busy machine more than ten times what it usually takes. */
const UNSTORED_MS = 20_000;
