import { callStatusChanged, createEvent } from '@onrecord/shared/events';
import type { Acceptance, Callback } from './acceptance.ts';
import { diagnoseCall } from './diagnose.ts';
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
  if (data === undefined) return;
  const diagnosed = { ...data, diagnosis: diagnoseCall(data) };
  await publish([createEvent(callStatusChanged, diagnosed, { time: receivedAt, traceparent })]);
}
