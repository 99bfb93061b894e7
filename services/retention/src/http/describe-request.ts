import type { Context } from 'hono';
import type { AuditEntry, JsonObject } from '../domain/audit-entry.ts';
import type { RecordsEnv } from './access/principal.ts';

const SID = /^[A-Z]{2}[0-9a-f]{32}$/i;
const TOKEN_ID = /^[0-9a-f]{24}$/;
const WORD = /^[a-z0-9.-]{1,40}$/;
const HAS_LETTER = /[a-z]/i;

/** A request for an audit entry: what it asked for, without what somebody typed in, which may be anybody's number. */
export function describeRequest(c: Context<RecordsEnv>): { subject: AuditEntry['subject']; details: JsonObject } {
  const parts = c.req.path.split('/').map((part) => (isOurs(part) ? part : '…'));
  const filters = Object.keys(c.req.queries()).filter((name) => WORD.test(name.toLowerCase()) && HAS_LETTER.test(name));
  const [recordingSid, callSid, conferenceSid] = ['RE', 'CA', 'CF'].map((prefix) =>
    parts.find((part) => SID.test(part) && part.startsWith(prefix)),
  );
  return {
    subject: { recordingSid, callSid, conferenceSid },
    details: { request: `${c.req.method} ${parts.join('/')}`, filters: filters.toSorted() },
  };
}

const isOurs = (part: string) =>
  part === '' || SID.test(part) || TOKEN_ID.test(part) || (WORD.test(part) && HAS_LETTER.test(part));
