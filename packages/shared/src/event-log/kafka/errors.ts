import { EventLogUnavailableError } from '../port.ts';

/** What kafkajs's errors carry; which fields are there depends on the kind. */
interface ClientError extends Error {
  /** Name of the Kafka protocol's error code, such as `REBALANCE_IN_PROGRESS`. */
  type?: string;
  retriable?: boolean;
}

/** kafkajs wraps what happened once for each layer that tried again. */
export function rootCause(error: unknown): ClientError {
  let root = error instanceof Error ? error : new Error(String(error));
  while (root.cause instanceof Error && root.cause !== root) root = root.cause;
  return root;
}

export const protocolError = (error: unknown): string | undefined => rootCause(error).type;

/** The broker refuses us or what we ask for: trying again cannot help. */
const REFUSALS = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_GROUP_ID',
  'INVALID_SESSION_TIMEOUT',
  'INCONSISTENT_GROUP_PROTOCOL',
  'UNSUPPORTED_VERSION',
]);

export function isRefusal(error: unknown): boolean {
  const { name, type } = rootCause(error);
  return name === 'KafkaJSSASLAuthenticationError' || (type !== undefined && REFUSALS.has(type));
}

export const unavailable = (what: string, error: unknown) =>
  error instanceof EventLogUnavailableError
    ? error
    : new EventLogUnavailableError(`Kafka did not ${what}: ${rootCause(error).message}`, { cause: error });

/**
 * Waits for work no longer than until `deadline`, on the clock of `performance.now()`. The work itself goes on.
 * @param what continues the sentence "Kafka did not …"
 * @throws EventLogUnavailableError
 */
export async function until<T>(deadline: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const fail = () => reject(new EventLogUnavailableError(`Kafka did not ${what} in time`));
    timer = setTimeout(fail, Math.max(0, deadline - performance.now()));
  });
  // When the deadline wins, nobody listens to the work any more.
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Not a matter of time either: what the client cannot do, and what does not exist. */
const PERMANENT_NAMES = new Set([
  'KafkaJSNotImplemented',
  'KafkaJSInvariantViolation',
  'KafkaJSServerDoesNotSupportApiKey',
  'KafkaJSUnsupportedMagicByteInMessageSet',
]);

/** Whether a new connection may succeed. An error that is not kafkajs's own is a defect. */
export function isTransient(error: unknown): boolean {
  const { name, type } = rootCause(error);
  if (!name.startsWith('KafkaJS') || PERMANENT_NAMES.has(name)) return false;
  return type !== 'UNKNOWN_TOPIC_OR_PARTITION' && !isRefusal(error);
}
