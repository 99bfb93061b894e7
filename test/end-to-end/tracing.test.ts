import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoCalls } from '@onrecord/simulator/demo-calls';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { type ReceivedSpan, startOtlpReceiver } from '../servers/otlp-receiver.ts';
import { createDatabase } from '../servers/postgres.ts';
import { Installation } from './installation.ts';

/** A span is sent within some seconds of its end. */
const SPANS_ARRIVE_MS = 60_000;

describeWith('postgres', (postgres) => {
  let collector: Awaited<ReturnType<typeof startOtlpReceiver>>;
  let installation: Installation;
  let folder: string;
  beforeAll(async () => {
    collector = await startOtlpReceiver();
    folder = await mkdtemp(join(tmpdir(), 'onrecord-recordings-'));
    const { url } = await createDatabase(postgres.url);
    installation = await Installation.start(
      { EVENTS_URL: url, DATABASE_URL: url, RECORDINGS_BUCKET: `file://${folder}` },
      { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
    );
  });
  afterAll(async () => {
    await installation?.stop();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('a call is one trace from the webhook to the transcript, with its CallSid in every span', async () => {
    const call = await installation.simulator.placeCall(demoCalls.consentGranted);
    const trace = await vi.waitFor(
      () => {
        const done = collector.spans.find(
          ({ name, attributes }) =>
            name === 'process onrecord.transcript.completed.v1' && attributes['onrecord.call_sid'] === call.callSid,
        );
        if (done === undefined) throw new Error('the transcript has not arrived in retention, or its span not here');
        const spans = collector.spans.filter(({ traceId }) => traceId === done.traceId);
        expect(spans.map(describe)).toEqual(expect.arrayContaining(WAY_OF_A_RECORDING));
        return spans;
      },
      { timeout: SPANS_ARRIVE_MS, interval: 500 },
    );
    expect(new Set(trace.map(({ attributes }) => attributes['onrecord.call_sid']))).toEqual(new Set([call.callSid]));
    // One tree: every span but the webhook's hangs on another one of the same trace.
    const known = new Set(trace.map(({ spanId }) => spanId));
    expect(trace.filter(({ parentSpanId }) => !known.has(parentSpanId ?? '')).map(({ name }) => name)).toEqual([
      'POST /webhooks/recording',
    ]);
    const said = JSON.stringify(collector.spans);
    expect(said).not.toMatch(/(\+|%2B)\d{7}/);
    expect(said).not.toMatch(/https?:[^"]*\?/);
  });
});

const describe = ({ service, name, kind }: ReceivedSpan) => `${service} ${kind} ${name}`;

/** Kinds as OTLP numbers them: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
const WAY_OF_A_RECORDING = [
  'onrecord-ingest 2 POST /webhooks/recording',
  'onrecord-ingest 4 publish onrecord.recording.reported.v1',
  'onrecord-retention 5 process onrecord.recording.reported.v1',
  'onrecord-retention 1 decide recording',
  'onrecord-retention 4 publish onrecord.recording.cleared.v1',
  'onrecord-transcriber 5 process onrecord.recording.cleared.v1',
  'onrecord-transcriber 1 archive recording',
  'onrecord-transcriber 3 GET 127.0.0.1',
  'onrecord-transcriber 1 store media',
  'onrecord-transcriber 3 POST 127.0.0.1',
  'onrecord-transcriber 1 transcribe recording',
  'onrecord-transcriber 1 store transcript',
  'onrecord-transcriber 4 publish onrecord.transcript.completed.v1',
];
