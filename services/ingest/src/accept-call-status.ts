import type { Callback, MeasuredAcceptance } from './acceptance.ts';
import { callEvent } from './diagnose.ts';
import { readCallStatus } from './domain/read-call-status.ts';

/** Takes in a call leg's status. Resolves when it is durable. @throws ParameterError, EventLogUnavailableError */
export async function acceptCallStatus(callback: Callback, { publish, late }: MeasuredAcceptance): Promise<void> {
  const data = readCallStatus(callback.parameters, callback.accountSid, callback.receivedAt);
  const event = callEvent(data, callback.traceparent);
  await publish([event]);
  late(event, callback.receivedAt);
}
