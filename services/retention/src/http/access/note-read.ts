import type { Context } from 'hono';
import { describeRequest } from '../describe-request.ts';
import { ProblemError } from '../problems.ts';
import type { RecordsApi } from '../records-api.ts';
import { accountsOf, actorOf, type RecordsEnv } from './principal.ts';

type Api = Pick<RecordsApi, 'reader' | 'accessAudit' | 'accountSid' | 'logError'>;

/**
 * Writes what an auditor asks into the audit log of each account whose data the answer may have: that of the recording or call which the
 * request names, and no other; all that the auditor sees where it names none. What nobody has is asked of the installation's own account.
 * @throws ProblemError where it cannot be recorded: nothing is shown then
 */
export async function noteRead(c: Context<RecordsEnv>, api: Api): Promise<void> {
  const { subject, details } = describeRequest(c);
  try {
    await api.accessAudit.read(await accountsRead(c, api, subject), actorOf(c), subject, details);
  } catch (error) {
    api.logError(error as Error);
    throw new ProblemError('unavailable', 'What an auditor asks is recorded, and this could not be. Try again later.');
  }
}

async function accountsRead(c: Context<RecordsEnv>, api: Api, named: ReturnType<typeof describeRequest>['subject']) {
  const visible = await accountsOf(c, api);
  const asked = visible.filter((each) => each === c.req.query('accountSid'));
  const among = asked.length > 0 ? asked : visible;
  const { recordingSid, callSid, conferenceSid } = named;
  if ((recordingSid ?? callSid ?? conferenceSid) === undefined && among.length > 0) return among;
  const holders = await api.reader.holdersOf(named, among);
  if (holders.length > 0) return holders;
  return among.includes(api.accountSid) || among.length === 0 ? [api.accountSid] : among.slice(0, 1);
}
