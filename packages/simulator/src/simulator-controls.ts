import type { CallScript } from './call-script.ts';
import type { CallbackFaults } from './calls/callback-faults.ts';
import type { Delivery } from './calls/deliveries.ts';
import type { PlacedCall } from './calls/placed-call.ts';
import type { AnswerCallbackOrder, createAnswerCallbackFaults } from './deepgram/callback-faults.ts';
import type { FailureOrder } from './deepgram/faults.ts';
import type { ListenRequest } from './deepgram/request-log.ts';
import type { DeliveryLog } from './delivery-log.ts';
import type { AccountSetup } from './twilio/account-setup.ts';
import type { CallState, RecordingState } from './twilio/account-state.ts';
import type { LostAnswers, OptOut, Undeliverable } from './twilio/message-faults.ts';
import type { MessageState } from './twilio/message-state.ts';
import type { ListDelay, RestFailure, RestFaults } from './twilio/rest-faults.ts';

/** What goes wrong on demand. */
interface ActiveFaults {
  callbacks: Required<CallbackFaults>;
  twilio: ReturnType<RestFaults['active']>;
  deepgram: readonly FailureOrder[];
  deepgramCallbacks: readonly AnswerCallbackOrder[];
}

/** What can be done to a running simulator, in its process or over its control API. */
export interface SimulatorControls {
  /**
   * Places a call and resolves when everything was delivered or given up. Any number of calls may go on at once.
   * @throws z.ZodError for a script that is none
   */
  placeCall(script: CallScript): Promise<PlacedCall>;
  /** The newest requests to the application, of all calls. */
  deliveries: readonly Delivery[];
  /** Those that are asked for, a page at a time. */
  findDeliveries: DeliveryLog['page'];
  /** Every recording that there ever was, deleted ones too. */
  recordings: { list(): RecordingState[]; get(sid: string): RecordingState | undefined };
  calls: { list(): CallState[]; get(sid: string): CallState | undefined };
  /** Whatever is ordered to go wrong: all of it, and an end to it. */
  faults: { active(): ActiveFaults; clear(): void };
  /** Loses, repeats, delays, reorders or signs callbacks wrongly from now on. @throws z.ZodError */
  spoilCallbacks(faults: CallbackFaults): void;
  /** The next requests to Twilio's REST API fail. @throws z.ZodError */
  failRest(failure: RestFailure): void;
  /** Lists of the REST API show what is new only so much later. @throws z.ZodError */
  delayLists(delay: ListDelay): void;
  /** What was sent; who replied STOP or START; who is never reached; messages that are taken while the answer never comes. Orders throw z.ZodError. */
  messages: {
    list(): MessageState[];
    setOptOut(order: OptOut): void;
    setUndeliverable(order: Undeliverable): void;
    loseAnswers(order: LostAnswers): void;
  };
  /** How the account is set up at Twilio from now on, mistakes included. @throws z.ZodError */
  setUpAccount(setup: AccountSetup): void;
  deepgram: {
    requests: readonly ListenRequest[];
    failNext(order: FailureOrder): void;
    /** The next answers by callback never come, or twice, or after a forged one, or late. @throws z.ZodError */
    spoilCallback: ReturnType<typeof createAnswerCallbackFaults>['spoilNext'];
  };
}
