import type { Consent } from '../../domain/consent.ts';
import type { RecordingSummary } from './recording-list.ts';
import type { TimelineEntry } from './timeline.ts';

interface CallParts {
  legs: readonly { callSid: string; statuses: readonly { status: string; at: string }[] }[];
  participants: readonly { conferenceSid: string; callSid: string; label?: string | undefined; joinedAt: string }[];
  consents: readonly Consent[];
  recordings: readonly RecordingSummary[];
  metadataRemovedAt: string | undefined;
}

/** What happened in a call, in order: each leg's statuses, who joined, who agreed, and which recordings began. */
export function callTimeline({ metadataRemovedAt, ...parts }: CallParts): TimelineEntry[] {
  const { legs, participants, consents, recordings } = parts;
  return [
    ...legs.flatMap(({ callSid, statuses }) =>
      statuses.map(({ status, at }) => ({ at, what: status, detail: callSid })),
    ),
    ...participants.map(({ conferenceSid, callSid, label, joinedAt }) => ({
      at: joinedAt,
      what: 'joined',
      detail: `${label === undefined ? '' : `${label}, `}${callSid} in ${conferenceSid}`,
    })),
    ...consents.map(({ recordedAt, outcome, party, method, purposes, ...place }) => ({
      at: recordedAt.toISOString(),
      what: `consent ${outcome}`,
      detail: `${party} of ${place.callSid ?? place.conferenceSid} (${method}): ${purposes.join(', ')}`,
    })),
    ...recordings.map(({ recordingSid, startedAt, firstSeenAt, state }) => ({
      at: startedAt ?? firstSeenAt,
      what: 'recording',
      detail: `${recordingSid}, ${state}`,
    })),
    ...(metadataRemovedAt === undefined ? [] : [{ at: metadataRemovedAt, what: 'metadata removed' }]),
  ].toSorted((one, other) => one.at.localeCompare(other.at));
}
