import { callStatusChanged, createEvent } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { diagnoseCall } from './diagnose.ts';
import { readCallStatus } from './domain/read-call-status.ts';

/** Takes in a call leg's status. Resolves when it is durable. @throws ParameterError, EventLogUnavailableError */
export async function acceptCallStatus(callback: Callback, { accountSid, publish }: Acceptance): Promise<void> {
  const data = readCallStatus(callback.parameters, accountSid, callback.receivedAt);
  const event = { ...data, diagnosis: diagnoseCall(data) };
  await publish([createEvent(callStatusChanged, event, { time: data.occurredAt, traceparent: callback.traceparent })]);
}
