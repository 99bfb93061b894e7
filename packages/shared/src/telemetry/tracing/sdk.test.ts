import { SpanKind } from '@opentelemetry/api';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openTracing } from './sdk.ts';
import { inSpan } from './spans.ts';

// The line once had a stack, and neither the collector nor the setting.
test('a collector that is away is told in one line with the setting, and nothing waits for it', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const tracing = openTracing({ protocol: 'http/json', sampler: 'always_on', ratio: 1 }, 'test', logger);
  await inSpan('work', { kind: SpanKind.INTERNAL, attributes: {}, parent: undefined }, async () => {});
  await tracing.stop();
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(lines).toMatchObject([
    { reason: expect.stringMatching(/\S/), remedy: expect.stringContaining('OTEL_EXPORTER_OTLP_ENDPOINT') },
  ]);
  expect(JSON.stringify(lines)).not.toContain('    at ');
});
