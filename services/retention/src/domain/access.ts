import type { AuditEntry } from './audit-entry.ts';
import type { Role } from './roles.ts';

/** What of a recording is handed out. */
export interface Handout {
  recordingSid: string;
  what: 'audio' | 'text';
  /** `wav`, `mp3`, `json`, `vtt`, …; `search` for the lines that a search shows. */
  format: string;
  /** As the request asked for it, such as `bytes=0-1023`; absent where all was. */
  byteRange?: string | undefined;
}

/** Who heard or read what, when and why. */
export interface Access extends Handout {
  accountSid: string;
  at: Date;
  purpose?: string | undefined;
  principal: { kind: 'token' | 'person'; id: string; name: string; role: Role };
  remoteAddress?: string | undefined;
}

export const accessEntry = (access: Access): AuditEntry => ({
  accountSid: access.accountSid,
  at: access.at,
  kind: 'access.granted',
  actor: { kind: access.principal.kind, id: access.principal.id, role: access.principal.role },
  subject: { recordingSid: access.recordingSid },
  details: { what: access.what, format: access.format, byteRange: access.byteRange, purpose: access.purpose },
});
