import type { Acceptance, Callback } from './acceptance.ts';
import { alertEvent } from './diagnose.ts';
import { parsedFields } from './domain/json.ts';
import type { LeftOut } from './domain/left-out.ts';
import { namingCall, type Parameters } from './domain/parameters.ts';
import { callSidOf } from './domain/read-alert.ts';
import { readDebuggerAlert } from './domain/read-debugger-alert.ts';

/** Takes in an alert of the debugger. Resolves when it is durable, or when there is nothing to keep. @throws ParameterError, EventLogUnavailableError */
export async function acceptAlert(
  { parameters, accountSid, receivedAt, traceparent }: Callback,
  { publish }: Acceptance,
): Promise<LeftOut[]> {
  const reading = readNamingCall(parameters, () => readDebuggerAlert(parameters, accountSid, receivedAt));
  if ('leftOut' in reading) return [reading.leftOut];
  await publish([alertEvent(reading.alert, traceparent)]);
  return [];
}

/** What is refused of an alert is told with the call that its payload is of. */
function readNamingCall<T>({ Payload = '' }: Parameters, read: () => T): T {
  try {
    return read();
  } catch (error) {
    return namingCall({ CallSid: callSidOf(parsedFields(Payload)) })(error);
  }
}
