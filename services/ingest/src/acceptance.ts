import type { OnrecordEvent } from '@onrecord/shared/events';
import type { Parameters } from './domain/parameters.ts';

/** A verified callback. */
export interface Callback {
  parameters: Parameters;
  /** ISO 8601. */
  receivedAt: string;
  traceparent: string;
}

/** What taking in a callback needs. */
export interface Acceptance {
  /** The account that is served. */
  accountSid: string;
  /** Resolves when the events are durable. @throws EventLogUnavailableError, PublisherOverloadedError */
  publish(events: readonly OnrecordEvent[]): Promise<void>;
}

/** For callbacks that say when their fact was. */
export interface MeasuredAcceptance extends Acceptance {
  /** Takes note of how late a callback told of its fact. */
  late(event: OnrecordEvent, receivedAt: string): void;
}
