import type { CallState } from '../twilio/account-state.ts';
import type { WebhookTarget } from '../twilio/prepare-webhook.ts';
import { statusParameters } from './call-parameters.ts';
import type { CallContext } from './engine.ts';

/** The final SIP response of a call that was answered. */
export const SIP_OK = 200;

/** Final SIP responses. 486 and 487 as Twilio documents them; 480 and 404 are what carriers send for the others. */
export const SIP_RESPONSES = { busy: 486, 'no-answer': 480, failed: 404, canceled: 487 } as const;

export type CallEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

export interface StatusSubscription {
  target: WebhookTarget;
  events: readonly CallEvent[];
}

/** Tells of one leg's progress, as often as the subscription asks for. SequenceNumber counts what is sent, from 0. */
export function createLegCallbacks({ requests, clock }: CallContext, subscription: StatusSubscription | undefined) {
  let sequenceNumber = 0;
  return async (event: CallEvent, leg: CallState, sipResponseCode?: number): Promise<void> => {
    if (!subscription?.events.includes(event)) return;
    const status = event === 'completed' ? leg.status : event === 'answered' ? 'in-progress' : event;
    const parameters = statusParameters(leg, { status, sequenceNumber, at: clock.now(), sipResponseCode });
    sequenceNumber += 1;
    await requests.tell('call-status', subscription.target, parameters);
  };
}
