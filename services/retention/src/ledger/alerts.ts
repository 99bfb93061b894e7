import type { alertRaised, DataOf } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import type { Alert } from '../domain/alert.ts';
import { insertIfNew, optional } from './rows.ts';

export async function writeAlert(client: ClientBase, data: DataOf<typeof alertRaised>): Promise<void> {
  await insertIfNew(client, 'ledger.alerts', {
    account_sid: data.accountSid,
    alert_sid: data.alertSid,
    call_sid: data.callSid,
    resource_sid: data.resourceSid,
    level: data.level,
    error_code: data.errorCode,
    message: data.text,
    sip_response_code: data.sipResponseCode,
    details: data.details ?? {},
    raised_at: new Date(data.raisedAt),
  });
}

/** An application that fails at every step of a call raises a handful; more say nothing new. */
const ALERTS_MAX = 200;

/** The newest alerts about any of the legs, oldest first. */
export async function alertsOf(
  client: Pick<ClientBase, 'query'>,
  accountSid: string,
  callSids: readonly string[],
): Promise<Alert[]> {
  const { rows } = await client.query<QueryResultRow>(
    `select * from (
       select * from ledger.alerts where account_sid = $1 and call_sid = any($2) order by raised_at desc, alert_sid limit $3
     ) latest
     order by raised_at, alert_sid`,
    [accountSid, callSids, ALERTS_MAX],
  );
  return rows.map(toAlert);
}

const toAlert = (row: QueryResultRow): Alert => ({
  alertSid: row.alert_sid,
  callSid: row.call_sid,
  level: row.level,
  errorCode: row.error_code,
  text: optional(row.message),
  sipResponseCode: optional(row.sip_response_code),
  details: row.details,
  raisedAt: row.raised_at,
});
