import { z } from 'zod';
import { tracingSettings } from '../telemetry/tracing/settings.ts';
import { duration, ipAddress, port } from './settings.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** What every process has. `metricsPort` is the service's own default. */
export const commonSettings = (metricsPort: number) => ({
  LOG_LEVEL: z
    .enum(LEVELS, { error: `give one of ${LEVELS.join(', ')}` })
    .prefault('info')
    .describe('Least severe level that is logged'),
  METRICS_PORT: port().prefault(String(metricsPort)).describe('Port of the Prometheus metrics; 0 chooses a free one'),
  LISTEN_HOST: ipAddress()
    .optional()
    .describe('Address that ports are opened on; absent means every one of this machine'),
  SHUTDOWN_TIMEOUT: duration({ min: '1s', max: '10m' })
    .prefault('30s')
    .describe('How long work in flight may take after SIGTERM'),
  ...tracingSettings,
});

type Ports = Record<'PORT' | 'METRICS_PORT', number>;

/** For `.check(…)` of a process with two ports; 0 chooses a free one each time. */
export const ownPorts = z.refine<Ports>(({ METRICS_PORT, PORT }) => PORT === 0 || PORT !== METRICS_PORT, {
  error: ({ input }) => `PORT and METRICS_PORT are both ${(input as Ports).PORT}: give each a port of its own`,
  // Beside other problems, but not beside one of these two.
  when: ({ issues }) => !issues.some(({ path }) => path?.[0] === 'PORT' || path?.[0] === 'METRICS_PORT'),
});
