import { newSid } from '../sids.ts';
import type { CallState } from '../twilio/account-state.ts';
import type { CallContext } from './engine.ts';

/** A new leg, not answered yet. */
export async function createLeg(
  { engine, clock }: CallContext,
  leg: Pick<CallState, 'from' | 'to' | 'direction' | 'status'> & { parentCallSid?: string },
): Promise<CallState> {
  const now = clock.now().toISOString();
  const call: CallState = {
    sid: newSid('CA'),
    accountSid: engine.accountSid,
    parentCallSid: null,
    startTime: null,
    endTime: null,
    duration: null,
    dateCreated: now,
    dateUpdated: now,
    ...leg,
  };
  await engine.state.saveCall(call);
  return call;
}

/** The leg as it is now; what ends it sets its end and duration. */
export async function changeLeg(
  { engine, clock }: CallContext,
  leg: CallState,
  status: CallState['status'],
): Promise<CallState> {
  const now = clock.now();
  const isEnd = !['queued', 'ringing', 'in-progress'].includes(status);
  const startTime = leg.startTime ?? (status === 'in-progress' || isEnd ? now.toISOString() : null);
  const changed: CallState = {
    ...leg,
    status,
    startTime,
    dateUpdated: now.toISOString(),
    ...(isEnd ? { endTime: now.toISOString(), duration: seconds(startTime, now) } : {}),
  };
  await engine.state.saveCall(changed);
  return changed;
}

const seconds = (start: string | null, end: Date) =>
  start === null ? 0 : Math.max(0, Math.round((end.getTime() - Date.parse(start)) / 1_000));
