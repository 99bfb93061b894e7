import type { ClientBase, QueryResultRow } from 'pg';
import type { CallEvidence } from '../../explain-call.ts';
import { alertsOf } from '../alerts.ts';
import { toCall } from '../calls.ts';
import { legsOf } from '../facts.ts';

/** Everything that explains how a call went: all of its legs and the alerts about them; undefined where nothing is known of it. */
export async function findCallEvidence(
  client: ClientBase,
  accountSid: string,
  callSid: string,
): Promise<CallEvidence | undefined> {
  const callSids = await legsOf(client, accountSid, [callSid]);
  const { rows } = await client.query<QueryResultRow>(
    `select leg.*, reported.diagnosis
     from ledger.calls leg
     left join ledger.call_statuses reported using (account_sid, call_sid, status)
     where account_sid = $1 and call_sid = any($2)
     order by parent_call_sid nulls first, status_at, call_sid`,
    [accountSid, callSids],
  );
  const alerts = await alertsOf(client, accountSid, callSids);
  if (rows.length === 0 && alerts.length === 0) return undefined;
  return { callSid, legs: rows.map((row) => ({ ...toCall(row), codes: codesIn(row.diagnosis) })), alerts };
}

/** The codes that the status callback itself carried. */
function codesIn(diagnosis: { evidence?: string[] } | null): string[] {
  const keys = diagnosis?.evidence ?? [];
  return keys.filter((key) => key.startsWith('twilio:')).map((key) => key.slice('twilio:'.length));
}
