import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Parameters } from './domain/parameters.ts';

/** A verified callback. */
export interface Callback {
  parameters: Parameters;
  /** The account that it is of, by whose token it is signed. */
  accountSid: string;
  /** The public address that Twilio called, without a trailing slash: what is answered leads there again. */
  publicBaseUrl: string;
  /** ISO 8601. */
  receivedAt: string;
  traceparent: string;
}

/** What taking in a callback needs. */
export interface Acceptance {
  /** Resolves when the events are durable. @throws EventLogUnavailableError, PublisherOverloadedError */
  publish(events: readonly OnrecordEvent[]): Promise<void>;
}

/** For callbacks that tell more than the fact that is kept of them. */
export interface MeasuredAcceptance extends Acceptance {
  /** Takes note of how late a callback told of its fact. */
  late(event: OnrecordEvent, receivedAt: string): void;
  /** Takes note of a participant who came into a conference, `joined`, or was called into it and never came, by that call's status. */
  conferenceJoin(outcome: string): void;
}
