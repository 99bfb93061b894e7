import { PortInUseError, serveHttp } from '@onrecord/shared/http/serve';
import type { StandaloneConfig } from './config.ts';

/** Those of our ports that cannot be listened on, explained by the settings that this command has for them. */
export async function findPortInUse(config: StandaloneConfig): Promise<PortInUseError | undefined> {
  const wanted = [
    { setting: 'PORT', port: config.port },
    { setting: 'RECORDS_API_PORT', port: config.recordsApiPort },
    ...config.metricsPorts.map((port, index) => ({ setting: `METRICS_PORT${ABOVE[index]}`, port })),
  ];
  const problems = await Promise.all(wanted.map((port) => problemOf(port, config.listenHost)));
  const messages = problems.filter((problem) => problem !== undefined).map(({ message }) => message);
  return messages.length === 0 ? undefined : new PortInUseError(messages.join('\n'));
}

const ABOVE = ['', ' (this is the one after it)', ' (this is the second one after it)'];

interface Wanted {
  port: number;
  setting: string;
}

async function problemOf({ port, setting }: Wanted, hostname: string): Promise<PortInUseError | undefined> {
  try {
    const server = await serveHttp({ fetch: () => new Response(), port, hostname, setting });
    await server.close(0);
    return undefined;
  } catch (error) {
    if (error instanceof PortInUseError) return error;
    throw error;
  }
}
