import type { Logger } from '../logger.ts';
import type { Tracing } from './sdk.ts';
import type { TracingOptions } from './settings.ts';

const OFF: Tracing = { stop: async () => {} };

/**
 * Starts tracing for this process where it is asked for; the SDK is loaded only then. Call it before the services start.
 * @param service `service.name`, unless OTEL_SERVICE_NAME says otherwise
 */
export async function startTracing(
  options: TracingOptions | undefined,
  service: string,
  logger: Logger,
): Promise<Tracing> {
  if (options === undefined) return OFF;
  const { openTracing } = await import('./sdk.ts');
  return openTracing(options, service, logger);
}
