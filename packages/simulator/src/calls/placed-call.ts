import type { Delivery } from './deliveries.ts';

/** What became of a placed call, once every callback was delivered or given up. */
export interface PlacedCall {
  /** The caller's leg; of a conference, its first participant's. */
  callSid: string;
  /** All legs: callers, and those they were connected to. */
  callSids: string[];
  recordingSid?: string;
  conferenceSid?: string;
  /** Every request to the application in the order of their ends: TwiML fetches and callbacks. */
  deliveries: Delivery[];
  /** What Twilio would show in its debugger: a voice URL without an answer, TwiML that cannot be carried out. */
  problems: string[];
}
