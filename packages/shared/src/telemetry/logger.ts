import { type Bindings, type ChildLoggerOptions, type DestinationStream, type Logger as PinoLogger, pino } from 'pino';
import { allowedFields, type LogField, serializeError, withoutSecrets } from './log-fields.ts';
import { activeTraceId } from './tracing/spans.ts';

export { maskNumber } from './mask-number.ts';

/** No field but those that are written: one that would be dropped does not compile. */
type Written<Fields> = Fields & { readonly [Name in Exclude<keyof Fields, LogField>]: never };

interface LogMethod {
  (message: string): void;
  <Fields extends object>(fields: Written<Fields>, message: string): void;
}

/** What writes to the log; pino’s own would take any field. */
export interface Logger extends Readonly<Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', LogMethod>> {
  child<Fields extends object>(bindings: Written<Fields>): Logger;
}

export interface LoggerOptions {
  /** Absent where each of its children is of a service of its own: a child’s field does not replace the parent’s. */
  service?: string;
  /** trace, debug, info, warn, error, fatal or silent. */
  level: string;
  /** Default: standard output. */
  destination?: DestinationStream;
}

/** One JSON line a message on standard output, with allow-listed fields and masked numbers (`log-fields.ts`). */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: service === undefined ? null : { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (error: unknown) => serializeError(error) },
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Record<string, unknown>) => allowedFields(fields),
      bindings: (fields: Record<string, unknown>) => allowedFields(fields),
    },
    // Which trace a line belongs to, while anything is traced; the object is given away.
    mixin: () => traceFields(),
    hooks: {
      logMethod(
        this: PinoLogger,
        args: Parameters<PinoLogger['info']>,
        method: (...args: Parameters<PinoLogger['info']>) => void,
      ) {
        method.apply(this, args.map((arg) => (typeof arg === 'string' ? withoutSecrets(arg) : arg)) as typeof args);
      },
    },
  };
  const logger = destination === undefined ? pino(options) : pino(options, destination);
  return withAllowedBindings(logger);
}

const traceFields = (): { traceId?: string } => {
  const traceId = activeTraceId();
  return traceId === undefined ? {} : { traceId };
};

/** pino applies no formatter to what is bound to a child logger; children inherit this method from their parent. */
function withAllowedBindings(logger: PinoLogger): PinoLogger {
  const { child } = logger;
  return Object.assign(logger, {
    child(this: PinoLogger, bindings: Bindings, options?: ChildLoggerOptions): PinoLogger {
      return Reflect.apply(child, this, [allowedFields(bindings), options]);
    },
  });
}
