import { expect, it } from 'vitest';
import { RETENTION } from '../domain/actor.ts';
import type { AuditEntry, JsonObject } from '../domain/audit-entry.ts';
import { createPseudonyms } from '../pseudonyms.ts';
import { AuditEntryError, canonicalEntry } from './canonical-entry.ts';

const entry = (details: JsonObject = {}): AuditEntry => ({
  accountSid: `AC${'0'.repeat(32)}`,
  at: new Date('2026-03-01T10:00:00.000Z'),
  kind: 'decision.made',
  actor: RETENTION,
  subject: { recordingSid: `RE${'1'.repeat(32)}`, callSid: undefined },
  details,
});

it('writes one text for one entry, whatever the order of its members', () => {
  const text = canonicalEntry(entry({ b: 1, a: [true, null, 1e21], ä: '\u20ac\n', left: undefined }));
  expect(text).toBe(
    `{"accountSid":"AC${'0'.repeat(32)}","actor":{"id":"retention","kind":"service"},"at":"2026-03-01T10:00:00.000Z",` +
      `"details":{"a":[true,null,1e+21],"b":1,"ä":"€\\n"},"form":1,"kind":"decision.made","subject":{"recordingSid":"RE${'1'.repeat(32)}"}}`,
  );
  expect(canonicalEntry(entry({ ä: '\u20ac\n', a: [true, null, 1e21], b: 1 }))).toBe(text);
});

it.each([
  '+14155550100',
  '14155550100',
  '(415) 555-0100',
  'the caller +1 415 555 0100 agreed',
  'tel:+1-415-555-0100',
  'sip:4155550100@example.com',
  '0049 30 901820',
  '+49 (0)30/901820 or 030.90182000',
  '415‑555‑0100',
])('refuses an entry with %s in it, and does not repeat it', (text) => {
  const write = () => canonicalEntry(entry({ why: { said: text } }));
  expect(write).toThrow(AuditEntryError);
  expect(write).toThrow('has something like a phone number in details.why.said: put its pseudonym there');
  expect(() => canonicalEntry(entry({ [text]: true }))).toThrow('a name in details');
});

it('takes SIDs, digests, moments, UUIDs, addresses, versions and pseudonyms for what they are', () => {
  const harmless = {
    sid: `CA${'1234567890'.repeat(3)}12`,
    sha256: '0123456789'.repeat(6).concat('abcd'),
    at: '2026-03-01T10:00:00.000Z',
    day: 'kept until 2026-03-01',
    id: '123e4567-e89b-12d3-a456-426614174000',
    from: '192.168.100.100',
    party: createPseudonyms('k'.repeat(32)).of('+14155550100'),
    key: `AC${'0'.repeat(32)}/2026/03/01/CA${'0'.repeat(32)}/media.wav`,
    policy: 'built-in v1',
    bytes: 14155550100,
  };
  expect(canonicalEntry(entry(harmless))).toContain(harmless.sha256);
});
