import { acceptCallStatus } from '../accept-call-status.ts';
import { acceptParticipant } from '../accept-participant.ts';
import { acceptRecording } from '../accept-recording.ts';
import type { Callback, MeasuredAcceptance } from '../acceptance.ts';
import { namingCall } from '../domain/parameters.ts';

/** A callback that only tells a fact: it is answered 204 once that is durable. */
export interface PlainCallback {
  path: string;
  accept(callback: Callback, acceptance: MeasuredAcceptance): Promise<void>;
}

const naming =
  (accept: PlainCallback['accept']): PlainCallback['accept'] =>
  (callback, acceptance) =>
    accept(callback, acceptance).catch(namingCall(callback.parameters));

export const CALLBACKS: readonly PlainCallback[] = [
  { path: '/webhooks/recording', accept: naming(acceptRecording) },
  // Of parent and child legs.
  { path: '/webhooks/voice/status', accept: naming(acceptCallStatus) },
  // Of which `participant-join` matters here.
  { path: '/webhooks/conference', accept: naming(acceptParticipant) },
];
