import { z } from 'zod';
import { flag, url } from '../../config/settings.ts';

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const PROTOCOLS = ['http/protobuf', 'http/json'] as const;

/**
 * OpenTelemetry's own names. The exporter reads its variables (`OTEL_EXPORTER_OTLP_…`), and the resource its own, from the
 * environment itself; what is read here says whether there is tracing at all, and what the SDK leaves to its user.
 * Source: OpenTelemetry specification, "Environment Variable Specification".
 */
export const tracingSettings = {
  OTEL_SDK_DISABLED: flag().prefault('false').describe('true turns tracing off, whatever else is set'),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'], { error: 'give otlp or none' })
    .optional()
    .describe('Where spans go; absent means otlp where an endpoint is given, and else nowhere'),
  OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:')
    .optional()
    .describe('The collector that takes OTLP over HTTP, such as http://collector:4318; /v1/traces is appended'),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(PROTOCOLS, { error: `give ${PROTOCOLS.join(' or ')}` })
    .prefault('http/protobuf')
    .describe('How spans are written'),
  OTEL_EXPORTER_OTLP_HEADERS: z.string().optional().describe('Headers for the collector: name=value,name=value'),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .optional()
    .describe('What every span says of its process: name=value,name=value'),
  OTEL_TRACES_SAMPLER: z
    .enum(SAMPLERS, { error: `give one of ${SAMPLERS.join(', ')}` })
    .prefault('parentbased_always_on')
    .describe('Which traces are kept'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'give a share from 0 to 1' })
    .min(0, { error: 'give a share from 0 to 1' })
    .max(1, { error: 'give a share from 0 to 1' })
    .prefault('1')
    .describe('Share of the traces that the ratio samplers keep, 0 to 1'),
};
type Settings = z.output<z.ZodObject<typeof tracingSettings>>;

export interface TracingOptions {
  protocol: (typeof PROTOCOLS)[number];
  sampler: (typeof SAMPLERS)[number];
  /** From 0 to 1. */
  ratio: number;
}

/** `undefined` where nobody asked for traces. */
export function toTracingOptions(settings: Settings): TracingOptions | undefined {
  const { OTEL_TRACES_EXPORTER: exporter, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = settings;
  const isAsked = exporter === 'otlp' || (exporter === undefined && endpoint !== undefined);
  if (settings.OTEL_SDK_DISABLED || !isAsked) return undefined;
  return {
    protocol: settings.OTEL_EXPORTER_OTLP_PROTOCOL,
    sampler: settings.OTEL_TRACES_SAMPLER,
    ratio: settings.OTEL_TRACES_SAMPLER_ARG,
  };
}
