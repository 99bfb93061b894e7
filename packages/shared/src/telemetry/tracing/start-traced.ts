import type { Service } from '../../lifecycle/service.ts';
import { createLogger } from '../logger.ts';
import type { TracingOptions } from './settings.ts';
import { startTracing } from './start.ts';

/** Starts a service that is a process of its own, traced where that is asked for; what is left of its spans is sent when it stopped. */
export async function startTraced<Config extends { tracing: TracingOptions | undefined; logLevel: string }>(
  name: string,
  config: Config,
  start: (config: Config) => Promise<Service>,
): Promise<Service> {
  const tracing = await startTracing(
    config.tracing,
    `onrecord-${name}`,
    createLogger({ service: name, level: config.logLevel }),
  );
  try {
    const service = await start(config);
    return { ...service, stop: () => service.stop().finally(tracing.stop) };
  } catch (error) {
    await tracing.stop();
    throw error;
  }
}
