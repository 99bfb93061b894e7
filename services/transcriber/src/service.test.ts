import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from './config.ts';
import { startTranscriber } from './service.ts';
import { openEventLogInMemory } from './testing/event-log.ts';
import { accountSid, cleared, folder, openTestStore, startDeepgram, startTwilio } from './testing/pipeline.ts';

async function start() {
  const [twilio, deepgram] = [await startTwilio(), await startDeepgram()];
  const { store } = await openTestStore();
  const events = openEventLogInMemory();
  const config = readConfig({
    EVENTS_URL: 'postgres://localhost/unused',
    RECORDINGS_BUCKET: 'file:./unused',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_API_URL: twilio.url,
    TRANSCRIPTION_PROVIDER: 'simulator',
    TRANSCRIPTION_URL: deepgram.url,
    METRICS_PORT: '0',
  });
  const logger = pino({ level: 'silent' });
  const service = await startTranscriber(config, { eventLog: events.log, objectStore: store, logger });
  onTestFinished(() => service.stop());
  return { service, events, store, deepgram };
}

const published = (events: { eventsOf(topic: string): { type: string }[] }) =>
  events.eventsOf('onrecord.media').map(({ type }) => type);

/** On a machine that does much else at the same time. */
const PATIENCE = { timeout: 20_000 };

describe('the transcriber', { timeout: 30_000 }, () => {
  it('takes decisions from the log and announces what it stored', async () => {
    const { events, store } = await start();
    await events.publish(cleared());
    await expect
      .poll(() => published(events), PATIENCE)
      .toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.completed.v1']);
    expect(await store.head(`${folder}/transcript.json`)).toBeDefined();
  });

  it('announces a recording that it had to give up, beside its dead letter', async () => {
    const { events } = await start();
    await events.publish(cleared({ purposes: ['transcribe'] }));
    await expect.poll(() => published(events), PATIENCE).toEqual(['onrecord.recording.archive-failed.v1']);
    expect(events.topics()).toContain('onrecord.decisions.dead-letter');
  });

  it('names the option and the provider in what it says of a transcript that cannot be had', async () => {
    const { events, deepgram } = await start();
    await events.publish(cleared({ transcription: { redact: ['pci'], summarize: true } }));
    await expect
      .poll(() => published(events), PATIENCE)
      .toEqual(['onrecord.recording.archived.v1', 'onrecord.transcript.failed.v1']);
    expect(events.eventsOf('onrecord.media').at(-1)?.data).toMatchObject({
      stage: 'transcription-options',
      reason: expect.stringMatching(
        /simulator cannot be asked for redact "pci" without a language.*; nor for summarize/,
      ),
    });
    expect(deepgram.bytes()).toBe(0);
  });

  it('tells how it is, and what it counts', async () => {
    const { service } = await start();
    const { metrics = '' } = service.addresses;
    expect((await fetch(new URL('/readyz', metrics))).status).toBe(200);
    expect(await (await fetch(metrics)).text()).toContain('onrecord_transcriber_archived_bytes_total');
  });

  it('finishes what it began before it stops', async () => {
    const { service, events, deepgram } = await start();
    await events.publish(cleared());
    await expect.poll(() => deepgram.paid.length, PATIENCE).toBe(1);
    await service.stop();
    expect(published(events)).toContain('onrecord.transcript.completed.v1');
    expect(events.committed.at(-1)).toBe(1n);
  });
});
