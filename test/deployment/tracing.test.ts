import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '@onrecord/ingest/config';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { newTraceparent } from '@onrecord/shared/telemetry/traceparent';
import { describeSpan, inSpan } from '@onrecord/shared/telemetry/tracing/spans';
import { startTracing } from '@onrecord/shared/telemetry/tracing/start';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startOtlpReceiver } from '../servers/otlp-receiver.ts';

/** What any service needs beside them. */
const ELSE = {
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: 'token-of-the-account',
  PUBLIC_BASE_URL: 'https://calls.example.com',
  EVENTS_URL: 'kafka://kafka:9092',
};
const optionsOf = (environment: Record<string, string>) => readConfig({ ...ELSE, ...environment }).tracing;

afterEach(() => vi.unstubAllEnvs());

/** Tracing as a process with these variables has it, and what it logged. */
async function traced(environment: Record<string, string>) {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const logged: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) };
  const logger = createLogger({ service: 'test', level: 'info', destination });
  const tracing = await startTracing(optionsOf(environment), 'onrecord-test', logger);
  onTestFinished(tracing.stop);
  return { tracing, logger, logged };
}

async function collector() {
  const receiver = await startOtlpReceiver();
  onTestFinished(async () => void (await receiver.close()));
  const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  return { receiver, environment };
}

describe('who asks for traces', () => {
  test.each([
    [{}, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
    [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, false],
    [{ OTEL_TRACES_EXPORTER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  ])('%j', (environment, isAsked) => {
    expect(optionsOf(environment as Record<string, string>) !== undefined).toBe(isAsked);
  });

  test('what cannot be done is refused by name', () => {
    expect(() => optionsOf({ OTEL_TRACES_EXPORTER: 'zipkin', OTEL_TRACES_SAMPLER_ARG: '7' })).toThrow(
      /OTEL_TRACES_EXPORTER is "zipkin": give otlp or none\n.*OTEL_TRACES_SAMPLER_ARG is "7": give a share from 0 to 1/,
    );
  });
});

describe('what is loaded', () => {
  const program = (options: string) => `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ resolve(name, context, next) { loaded.push(name); return next(name, context); } });
    await import('@onrecord/ingest/service');
    const { startTracing } = await import('@onrecord/shared/telemetry/tracing/start');
    await startTracing(${options}, 'test', console);
    console.log(loaded.filter((name) => /^@opentelemetry.(sdk|exporter)/.test(name)).length);
    process.exit();`;
  const run = promisify(execFile);
  const loadedWith = async (options: string) => {
    const args = ['--input-type=module', '-e', program(options)];
    return Number((await run(process.execPath, args, { cwd: join(import.meta.dirname, '..') })).stdout);
  };

  test('nothing of the SDK, unless somebody asks for traces', async () => {
    expect(await loadedWith('undefined')).toBe(0);
    expect(await loadedWith(`{ protocol: 'http/json', sampler: 'always_on', ratio: 1 }`)).toBeGreaterThan(0);
  });

  test('without tracing a span is only its work, and events have a trace context all the same', async () => {
    expect(await inSpan('work', {}, async (span) => [span])).toEqual([undefined]);
    expect(newTraceparent()).not.toBe(newTraceparent());
  });
});

test('what is left is sent at the end, over a real socket, with the headers that the environment names', async () => {
  const { receiver, environment } = await collector();
  const { tracing, logger, logged } = await traced({ ...environment, OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=acme' });
  const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  let traceparent = '';
  await inSpan('outer', { parent, attributes: { 'onrecord.call_sid': 'CA1' } }, async () => {
    describeSpan({ 'onrecord.recording_sid': 'RE1' });
    await inSpan('inner', {}, async () => {
      traceparent = newTraceparent();
      logger.info('inside');
    });
  });
  await tracing.stop();
  expect(receiver.requests).toMatchObject([{ url: '/v1/traces', headers: { 'x-tenant': 'acme' } }]);
  const [inner, outer] = receiver.spans;
  expect(outer).toMatchObject({
    service: 'onrecord-test',
    name: 'outer',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    parentSpanId: 'b7ad6b7169203331',
  });
  // A SID goes down to everything inside.
  expect(inner).toMatchObject({
    traceId: outer?.traceId,
    parentSpanId: outer?.spanId,
    attributes: { 'onrecord.call_sid': 'CA1', 'onrecord.recording_sid': 'RE1' },
  });
  expect(traceparent).toBe(`00-${inner?.traceId}-${inner?.spanId}-01`);
  expect(logged).toMatchObject([{ msg: 'inside', traceId: inner?.traceId }]);
});

test('a span that failed says of what kind the error was, and not its words', async () => {
  const { receiver, environment } = await collector();
  const { tracing } = await traced(environment);
  const failing = inSpan('work', {}, () => Promise.reject(new RangeError('a call to +14155550100')));
  await expect(failing).rejects.toThrow(RangeError);
  await tracing.stop();
  expect(receiver.spans).toMatchObject([{ isFailed: true, attributes: { 'error.type': 'RangeError' } }]);
  expect(JSON.stringify(receiver.spans)).not.toContain('4155550100');
});

test('a trace that is not kept leaves nothing, and says so to whoever goes on from it', async () => {
  const { receiver, environment } = await collector();
  const { tracing } = await traced({
    ...environment,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0',
  });
  const traceparent = await inSpan('work', {}, async () => newTraceparent());
  await tracing.stop();
  expect(traceparent).toMatch(/-00$/);
  expect(receiver.requests).toEqual([]);
});

test('a collector that takes connections and never answers delays nothing, and holds the end up for seconds alone', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void silent.close());
  const { port } = silent.address() as { port: number };
  const { tracing } = await traced({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  expect(await inSpan('work', {}, async () => 'done')).toBe('done');
  await tracing.stop();
});

test('a collector that is away is complained about in one line, and is nobody’s failure', async () => {
  const { tracing, logged } = await traced({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_TIMEOUT: '300',
  });
  expect(await inSpan('work', {}, async () => 'done')).toBe('done');
  await tracing.stop();
  expect(logged).toMatchObject([
    { level: 'warn', component: 'tracing', reason: expect.any(String), remedy: expect.any(String) },
  ]);
});
