import type { callStatusChanged, conferenceParticipantJoined, DataOf } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import { type Call, type CallStatus, evolveCall, evolveCallStatus } from '../domain/call.ts';
import { insertIfNew, lockRow, optional, updateRow } from './rows.ts';

/** Writes a leg's status, or completes it by what another telling of the same fact knows besides. */
export async function writeCall(client: ClientBase, data: DataOf<typeof callStatusChanged>): Promise<void> {
  const report: Call = { ...data, statusAt: new Date(data.occurredAt) };
  const key = { account_sid: data.accountSid, call_sid: data.callSid };
  if (!(await insertIfNew(client, 'ledger.calls', { ...key, numbers_noted: true, ...toColumns(report) }))) {
    const row = await lockRow(client, 'ledger.calls', key);
    await updateRow(client, 'ledger.calls', key, toColumns(evolveCall(row && toCall(row), report)));
  }
  const telling: CallStatus = { ...report, diagnosis: data.diagnosis };
  const statusKey = { ...key, status: data.status };
  if (await insertIfNew(client, 'ledger.call_statuses', { ...statusKey, ...toStatusColumns(telling) })) return;
  const known = await lockRow(client, 'ledger.call_statuses', statusKey);
  const completed = evolveCallStatus(known && toCallStatus(known), telling);
  await updateRow(client, 'ledger.call_statuses', statusKey, toStatusColumns(completed));
}

const toStatusColumns = ({ sequenceNumber, statusAt, diagnosis }: CallStatus) => ({
  sequence_number: sequenceNumber,
  occurred_at: statusAt,
  diagnosis,
});

const toCallStatus = (row: QueryResultRow): CallStatus => ({
  status: row.status,
  sequenceNumber: optional(row.sequence_number),
  statusAt: row.occurred_at,
  diagnosis: optional(row.diagnosis),
});

export async function writeParticipant(
  client: ClientBase,
  data: DataOf<typeof conferenceParticipantJoined>,
): Promise<void> {
  await insertIfNew(client, 'ledger.participants', {
    account_sid: data.accountSid,
    conference_sid: data.conferenceSid,
    call_sid: data.callSid,
    label: data.label,
    joined_at: new Date(data.joinedAt),
  });
}

const toColumns = (call: Call) => ({
  parent_call_sid: call.parentCallSid,
  conference_sid: call.conferenceSid,
  direction: call.direction,
  from_number: call.from,
  to_number: call.to,
  status: call.status,
  sequence_number: call.sequenceNumber,
  duration_seconds: call.durationSeconds,
  sip_response_code: call.sipResponseCode,
  status_at: call.statusAt,
});

export const toCall = (row: QueryResultRow): Call => ({
  accountSid: row.account_sid,
  callSid: row.call_sid,
  parentCallSid: optional(row.parent_call_sid),
  conferenceSid: optional(row.conference_sid),
  direction: optional(row.direction),
  from: optional(row.from_number),
  to: optional(row.to_number),
  status: row.status,
  sequenceNumber: optional(row.sequence_number),
  durationSeconds: optional(row.duration_seconds),
  sipResponseCode: optional(row.sip_response_code),
  statusAt: row.status_at,
});
