import type { Acceptance, Callback } from './acceptance.ts';
import { alertEvent } from './diagnose.ts';
import type { LeftOut } from './domain/left-out.ts';
import { readDebuggerAlert } from './domain/read-debugger-alert.ts';

/** Takes in an alert of the debugger. Resolves when it is durable, or when there is nothing to keep. @throws ParameterError, EventLogUnavailableError */
export async function acceptAlert(
  { parameters, accountSid, receivedAt, traceparent }: Callback,
  { publish }: Acceptance,
): Promise<LeftOut[]> {
  const reading = readDebuggerAlert(parameters, accountSid, receivedAt);
  if ('leftOut' in reading) return [reading.leftOut];
  await publish([alertEvent(reading.alert, traceparent)]);
  return [];
}
