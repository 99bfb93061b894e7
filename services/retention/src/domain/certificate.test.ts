import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { callFacts, entryOf, minute } from '../testing/given.ts';
import { beginDeletion } from './begin-deletion.ts';
import { certificateOf } from './certificate.ts';
import { certificateJsonSchema, certificateSchema } from './certificate-schema.ts';
import type { Deletion } from './deletion.ts';
import { describeCertificate } from './describe-certificate.ts';
import { evolveDeletion } from './evolve-deletion.ts';

const entry = entryOf(callFacts());
const media = { key: 'RE/media.wav', versionId: 'v2' };
const facts = {
  store: 's3://bucket/calls',
  eventLogRetentionMs: 86_400_000,
  tool: { name: 'retention', version: '1.2.3' },
  objects: [
    { key: media.key, versionId: 'v2', sha256: 'a'.repeat(64), bytes: 44 },
    { key: 'RE/manifest.json', versionId: 'v1', sha256: 'b'.repeat(64), bytes: 12 },
  ],
  providers: [{ provider: 'deepgram', requestId: 'req-1' }],
};
const completed = (classes?: Parameters<typeof beginDeletion>[1]['classes']): Deletion => {
  const by = { kind: 'token', id: 'tok_1', role: 'compliance' } as const;
  const begun = beginDeletion(entry, { cause: 'operator', classes, now: minute(1), requestedBy: by });
  return evolveDeletion(
    begun.deletion ?? (begun.partDeletions?.[0] as Deletion),
    {
      objects: { deleted: [media, { key: 'RE/manifest.json', versionId: 'v9' }], confirmedAt: minute(2) },
      source: { outcome: 'deleted', confirmedAt: minute(2), metadataUntil: minute(99) },
    },
    minute(3),
  );
};

it('names each version that went, with the hash and size of that very version', () => {
  expect(certificateOf(entry, completed(), facts)).toMatchObject({
    deletionId: `${entry.facts.recording.recordingSid}.1`,
    data: ['everything'],
    requestedBy: { kind: 'token', id: 'tok_1', role: 'compliance' },
    objects: [
      { ...media, sha256: 'a'.repeat(64), bytes: 44 },
      { key: 'RE/manifest.json', versionId: 'v9' },
    ],
    places: [
      { place: 'object-store', name: 's3://bucket/calls', outcome: 'deleted', confirmedAt: minute(2).toISOString() },
      { place: 'twilio', outcome: 'deleted', confirmedAt: minute(2).toISOString() },
      { place: 'search-text', outcome: 'nothing-there', confirmedAt: minute(3).toISOString() },
    ],
  });
  expect(certificateOf(entry, completed(), facts).objects[1]).not.toHaveProperty('sha256');
});

it('states what is left, until when, and what is not known', () => {
  expect(certificateOf(entry, completed(), facts).residues).toMatchObject([
    { what: 'twilio-metadata', until: minute(99).toISOString(), recheckAt: minute(99).toISOString() },
    { what: 'provider-copy', where: 'deepgram, request req-1' },
    { what: 'event-log', until: new Date(minute(3).getTime() + 86_400_000).toISOString() },
    { what: 'withdrawal-note' },
    { what: 'ledger-record' },
    { what: 'outside-copies', where: 'not known to Onrecord' },
  ]);
});

it('speaks of no place that the deletion was not about', () => {
  const { places, residues } = certificateOf(entry, completed(['audio']), facts);
  expect(places.map(({ place }) => place)).toEqual(['object-store']);
  expect(residues.map(({ what }) => what)).toEqual(['event-log', 'ledger-record', 'outside-copies']);
});

it('is as its committed schema says', () => {
  for (const classes of [undefined, ['audio'], ['twilio-copy']] as const) {
    expect(() => certificateSchema.parse(certificateOf(entry, completed(classes), facts))).not.toThrow();
  }
  const committed = new URL('../../contracts/deletion-certificate.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(certificateJsonSchema());
});

it('names by which policy it went, and is as its schema says with it', () => {
  const policy = { name: 'calls', version: 3, rule: 'support' };
  const begun = beginDeletion(entry, { cause: 'schedule', classes: ['twilio-copy'], now: minute(1), policy });
  const certificate = certificateOf(entry, begun.partDeletions?.[0] as Deletion, facts);
  expect(certificateSchema.parse(certificate).cause).toEqual({
    kind: 'schedule',
    explanation: 'Deleted as the policy says (policy calls v3, rule support).',
    policy,
  });
});

it('says the same to people, whatever is in a name', () => {
  const odd = { ...facts, providers: [{ provider: 'a|b <script>', requestId: '1' }] };
  const text = describeCertificate(certificateOf(entry, completed(), odd));
  expect(text).toContain('| RE/media.wav | v2 | 44 |');
  expect(text).toContain('not known to Onrecord');
  expect(text).toContain('a\\|b \\<script\\>');
});
