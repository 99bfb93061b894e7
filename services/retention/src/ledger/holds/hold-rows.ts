import type { QueryResultRow } from 'pg';
import type { Hold, HoldSelector } from '../../domain/hold.ts';
import { optional } from '../rows.ts';

export const toSelector = (row: QueryResultRow): HoldSelector => ({
  recordingSid: optional(row.recording_sid),
  callSid: optional(row.call_sid),
  number: optional(row.number),
  party: optional(row.party),
  names: optional(row.names),
  wholeAccount: row.whole_account,
  from: optional(row.covers_from),
  until: optional(row.covers_until),
});

export const toHold = (row: QueryResultRow): Hold => ({
  holdId: row.hold_id,
  matterId: row.matter_id,
  selector: toSelector(row),
  reason: optional(row.reason),
  placedBy: row.placed_by,
  placedAt: row.placed_at,
  ...(row.release_requested_by !== null && {
    releaseRequest: {
      by: row.release_requested_by,
      at: row.release_requested_at,
      reason: optional(row.release_reason),
    },
  }),
  ...(row.released_by !== null && { release: { by: row.released_by, at: row.released_at } }),
});

export const toColumns = ({ matterId, selector, reason, placedBy, placedAt, releaseRequest, release }: Hold) => ({
  matter_id: matterId,
  recording_sid: selector.recordingSid,
  call_sid: selector.callSid,
  number: release === undefined ? selector.number : undefined,
  party: selector.party,
  names: selector.names,
  whole_account: selector.wholeAccount ?? false,
  covers_from: selector.from,
  covers_until: selector.until,
  reason,
  placed_by: placedBy,
  placed_at: placedAt,
  release_requested_by: releaseRequest?.by,
  release_requested_at: releaseRequest?.at,
  release_reason: releaseRequest?.reason,
  released_by: release?.by,
  released_at: release?.at,
});
