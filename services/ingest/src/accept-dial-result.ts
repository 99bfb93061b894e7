import type { Acceptance, Callback } from './acceptance.ts';
import { callEvent } from './diagnose.ts';
import { readDialResult } from './domain/voice/read-dial-result.ts';

/**
 * Takes in how a `<Dial>` ended, under the id that the dialled leg's own callback has. Resolves when it is durable.
 * @throws ParameterError, EventLogUnavailableError
 */
export async function acceptDialResult(
  { parameters, accountSid, receivedAt, traceparent }: Callback,
  { publish }: Acceptance,
  dialled: string | undefined,
): Promise<void> {
  const data = readDialResult(parameters, accountSid, receivedAt, dialled);
  if (data !== undefined) await publish([callEvent(data, traceparent)]);
}
