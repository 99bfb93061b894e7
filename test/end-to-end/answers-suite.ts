import { randomBytes } from 'node:crypto';
import type { CallScript } from '@onrecord/simulator/simulator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation, type ServiceName } from './installation.ts';

const script: CallScript = {
  kind: 'inbound-call',
  from: '+14155550111',
  to: '+14155550199',
  parties: [
    { name: 'caller', voice: 'rms', channel: 0 },
    { name: 'agent', voice: 'slt', channel: 1 },
  ],
  utterances: [{ party: 'agent', text: 'How can I help?' }],
  consent: 'granted',
  recording: 'always',
};
/** So that it is killed while the answer is waited for. Whoever is not back by then is called again for six seconds. */
const ANSWER_DELAY_MS = 5_000;

/** The speech provider calls its answers back, while whoever asked or whoever takes them is killed. */
export function answersSuite(openBackends: () => Promise<Backends>): void {
  let installation: Installation;
  beforeAll(async () => {
    const options = { TRANSCRIPTION_CALLBACK: 'true', TRANSCRIPTION_WEBHOOK_SECRET: randomBytes(32).toString('hex') };
    installation = await Installation.start(await openBackends(), options);
  });
  afterAll(() => installation?.stop());

  test.each([['transcriber'], ['ingest']] satisfies [ServiceName][])(
    'an answer that is called back is paid for once and not lost when %s is killed meanwhile',
    async (name) => {
      const { simulator, recordsApi, services } = installation;
      await simulator.delayAnswer(ANSWER_DELAY_MS);
      const { recordingSid: sid = '' } = await simulator.placeCall(script);
      const requests = async () => (await simulator.speechRequests()).filter((each) => each.recordingSid === sid);
      await expect.poll(requests).toMatchObject([{ outcome: 'answered' }]);
      await services[name].kill();
      await services[name].start();
      await recordsApi.waitFor(sid, 'transcribed');
      const [request, ...others] = await requests();
      expect(others).toEqual([]);
      expect(request?.callbackStatuses?.at(-1)).toBe(204);
    },
  );
}
