import type { conferenceParticipantJoined, DataOf, OnrecordEvent } from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { lockSubjects } from '../erasures/lock-subjects.ts';
import { forgetConference, lookAgainAt } from './forget-call.ts';

type Joined = DataOf<typeof conferenceParticipantJoined>;

/**
 * What an event tells of: something of which nothing is known any more, which is not written then; a leg that is first heard of after its
 * call was removed, which goes with the sweeper's next look; or anything else.
 * @param client in the transaction that writes the event, before any row is locked
 */
export async function standingOf(
  client: ClientBase,
  event: OnrecordEvent,
  now: Date,
): Promise<'forgotten' | 'left' | 'known'> {
  const { recordingSid, callSids, parentCallSid } = namedBy(event);
  const sids = parentCallSid === undefined ? callSids : [...callSids, parentCallSid];
  if (recordingSid === undefined && sids.length === 0) return 'known';
  const { accountSid } = event.data;
  await lockSubjects(client, accountSid, 'share');
  const { rows } = await client.query<{ sid: string }>({
    name: 'find-forgotten',
    text: `select subject_sid as sid from ledger.removed_calls where account_sid = $1 and subject_sid = any($2)
           union all
           select recording_sid from ledger.recordings
           where account_sid = $1 and recording_sid = $3 and metadata_removed_at is not null`,
    values: [accountSid, sids, recordingSid],
  });
  if (rows.length === 0) return 'known';
  if (rows.every(({ sid }) => sid === parentCallSid)) return 'left';
  if (event.type === 'onrecord.conference.participant-joined.v1') {
    await forgetConference(client, accountSid, event.data.conferenceSid, now);
    await keepJoin(client, event.data);
  }
  return 'forgotten';
}

/** Has the sweeper look at a leg of which the rest of the call was removed. */
export const lookAtLeft = (client: ClientBase, { data }: OnrecordEvent, now: Date): Promise<void> =>
  lookAgainAt(client, data.accountSid, [(data as { callSid: string }).callSid], now);

/** Of a conference that goes on to be known: who was in it may have refused, and its recordings are not to be cleared without them. */
async function keepJoin(client: ClientBase, { accountSid, conferenceSid, callSid, joinedAt }: Joined) {
  await client.query(
    `insert into ledger.participants (account_sid, conference_sid, call_sid, joined_at) select $1, $2, $3, $4
     where not exists (select from ledger.removed_calls where account_sid = $1 and subject_sid = $2)
     on conflict do nothing`,
    [accountSid, conferenceSid, callSid, new Date(joinedAt)],
  );
}

interface Named {
  recordingSid?: string | undefined;
  /** Calls and conferences. */
  callSids: string[];
  parentCallSid?: string | undefined;
}

/** What an event would be written for. */
function namedBy({ type, data }: OnrecordEvent): Named {
  const sids = (...named: (string | undefined)[]) => named.filter((sid) => sid !== undefined);
  switch (type) {
    case 'onrecord.call.status-changed.v1':
      return { callSids: [data.callSid], parentCallSid: data.parentCallSid };
    case 'onrecord.conference.participant-joined.v1':
      return { callSids: sids(data.callSid, data.conferenceSid) };
    case 'onrecord.alert.raised.v1':
      return { recordingSid: data.resourceSid, callSids: sids(data.callSid, data.resourceSid) };
    case 'onrecord.consent.recorded.v1':
      // What was said for all calls of a number is for those to come as well.
      return { callSids: data.number === undefined ? sids(data.callSid, data.conferenceSid) : [] };
    case 'onrecord.recording.reported.v1':
    case 'onrecord.recording.archived.v1':
    case 'onrecord.recording.archive-failed.v1':
    case 'onrecord.transcript.completed.v1':
    case 'onrecord.transcript.failed.v1':
      return { recordingSid: data.recordingSid, callSids: [] };
    default:
      return { callSids: [] };
  }
}
