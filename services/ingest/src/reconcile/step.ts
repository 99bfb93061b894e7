import type { alertRaised, callStatusChanged, EventOf, recordingReported } from '@onrecord/shared/events';
import type { Resource, ResourceKind } from '../domain/resource.ts';

export interface TwilioLists {
  /** The pages of a list, in Twilio's order. @throws StageError */
  pages(
    kind: ResourceKind | 'conference',
    filter: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncIterable<readonly Resource[]>;
  /** The pages of what the debugger knows of one call. @throws StageError */
  notifications(callSid: string, signal: AbortSignal): AsyncIterable<readonly Resource[]>;
}

/** A fact that Twilio knows, as the event that its callback would have become. */
export interface Find {
  event: EventOf<typeof recordingReported> | EventOf<typeof callStatusChanged> | EventOf<typeof alertRaised>;
  /** When it began, or was found, ISO 8601. */
  at: string;
  /** Since it happened, in milliseconds, where Twilio says when. */
  lateMs: number | undefined;
}

/** What one page brought, or the end of a window. */
export interface Step {
  kind: ResourceKind;
  finds: readonly Find[];
  /** What went on for longer than anything should, and what could not be read: each with its SID and why. */
  passedOver: readonly { sid: string | undefined; reason: string }[];
  /** Everything before this moment (ISO 8601) was seen in its final state. */
  reached?: string;
}

export interface SurveyOptions {
  lists: TwilioLists;
  accountSid: string;
  graceMs: number;
  /** How long after the end of a call its recordings may come into the lists, in milliseconds; 0 where nobody looks again. */
  settleMs: number;
  /** Whether nothing more is to be asked about a fact, by its event's id: it was heard of before. */
  isKnown(eventId: string): boolean;
  now(): Date;
  signal: AbortSignal;
}
