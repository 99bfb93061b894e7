import type { AuditEntry } from './audit-entry.ts';
import type { Role } from './roles.ts';

/** What of a recording is handed out. */
export interface Handout {
  recordingSid: string;
  what: 'audio' | 'text';
  /** `wav`, `mp3`, `json`, `vtt`, …; `search` for the lines that a search shows. */
  format: string;
  /** `bytes=0-1023`, the last one included; absent where all was asked for. */
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
  details: { what: access.what, format: access.format, bytes: numbersIn(access.byteRange), purpose: access.purpose },
});

/** As numbers: `50000-999999` as a text is like a phone number, which no entry may have. */
const numbersIn = (byteRange: string | undefined) => byteRange?.match(/\d+/g)?.map(Number);
