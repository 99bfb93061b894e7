import type { OnrecordEvent } from '@onrecord/shared/events';

export interface Lateness {
  kind: 'recording' | 'call';
  /** From the fact to `heardAtMs`, in seconds; never negative, whatever the clocks say. */
  seconds: number;
}

/**
 * How late a fact was heard of, where its callback says when it happened: a call's status by its Timestamp; a completed recording by
 * its start and length, Twilio's processing included. `undefined` for everything else.
 */
export function latenessOf(event: OnrecordEvent, heardAtMs: number): Lateness | undefined {
  if (event.type === 'onrecord.call.status-changed.v1') {
    const { occurredAt, parameters } = event.data;
    return parameters.Timestamp ? since('call', Date.parse(occurredAt), heardAtMs) : undefined;
  }
  if (event.type !== 'onrecord.recording.reported.v1') return undefined;
  const { status, startedAt, durationSeconds } = event.data;
  if (status !== 'completed' || startedAt === undefined || durationSeconds === undefined) return undefined;
  return since('recording', Date.parse(startedAt) + durationSeconds * 1_000, heardAtMs);
}

const since = (kind: Lateness['kind'], happenedMs: number, heardAtMs: number): Lateness => ({
  kind,
  seconds: Math.max(0, heardAtMs - happenedMs) / 1_000,
});
