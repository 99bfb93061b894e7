import { createEvent, type OnrecordEvent, recordingReported } from '@onrecord/shared/events';
import type { Acceptance } from './acceptance.ts';
import { alertEvent, callEvent } from './diagnose.ts';
import type { LeftOut } from './domain/left-out.ts';
import { readStreamEvent, type StreamReading } from './domain/read-stream-event.ts';

/** A verified request of Event Streams. */
export interface StreamDelivery {
  events: readonly unknown[];
  /** The account that signed it, whose events are taken in. */
  accountSid: string;
  /** ISO 8601. */
  receivedAt: string;
  traceparent: string;
}

/** Takes in everything of a delivery that is a fact here. Resolves when all of it is durable. @throws EventLogUnavailableError */
export async function acceptStreamEvents(delivery: StreamDelivery, acceptance: Acceptance): Promise<LeftOut[]> {
  const readings = delivery.events.map((event) => readStreamEvent(event, delivery.accountSid, delivery.receivedAt));
  const facts = readings.flatMap((reading) => toFact(reading, delivery) ?? []);
  if (facts.length > 0) await acceptance.publish(facts);
  return readings.flatMap((reading) => ('leftOut' in reading ? [reading.leftOut] : []));
}

function toFact(reading: StreamReading, { receivedAt, traceparent }: StreamDelivery): OnrecordEvent | undefined {
  if ('alert' in reading) return alertEvent(reading.alert, traceparent);
  if ('callStatus' in reading) return callEvent(reading.callStatus, traceparent);
  if ('recording' in reading) {
    return createEvent(recordingReported, reading.recording, { time: receivedAt, traceparent });
  }
  return undefined;
}
