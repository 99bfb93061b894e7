import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { ClientBase } from 'pg';
import { appendAudit } from '../audit/append-audit.ts';
import { RETENTION } from '../domain/actor.ts';
import { type CertificateFacts, certificateOf, type KnownObject } from '../domain/certificate.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import type { Deletion } from '../domain/deletion.ts';
import type { ProviderUse } from '../domain/residues.ts';
import { optional } from './rows.ts';

/** What is the same in every certificate that this service writes. */
export type Certification = Omit<CertificateFacts, 'objects' | 'providers'>;

/**
 * Writes the certificate of a deletion that this transaction completes, and its audit entry. A deletion is completed once, with its
 * row locked, so there is one.
 */
export async function certify(
  client: ClientBase,
  entry: RecordingEntry,
  deletion: Deletion,
  certification: Certification,
): Promise<void> {
  const { accountSid, recordingSid, callSid, conferenceSid } = entry.facts.recording;
  const facts = {
    ...certification,
    objects: await knownObjects(client, accountSid, recordingSid),
    providers: await providersOf(client, accountSid, recordingSid),
  };
  const certificate = certificateOf(entry, deletion, facts);
  const body = canonicalize(certificate) ?? '';
  await client.query(
    `insert into ledger.deletion_certificates (account_sid, recording_sid, deletion, issued_at, body)
     values ($1, $2, $3, $4, $5)`,
    [accountSid, recordingSid, deletion.number, deletion.completedAt, body],
  );
  const sha256 = createHash('sha256').update(body).digest('hex');
  await appendAudit(client, [
    {
      accountSid,
      at: deletion.completedAt ?? deletion.startedAt,
      kind: 'deletion.certified',
      actor: RETENTION,
      subject: { recordingSid, callSid, conferenceSid, deletion: certificate.deletionId },
      details: {
        certificate: { sha256 },
        cause: deletion.cause,
        data: certificate.data,
        objects: certificate.objects.length,
        residues: certificate.residues.map(({ what, until }) => ({ what, until })),
      },
    },
  ]);
}

const OF_RECORDING = 'where account_sid = $1 and recording_sid = $2';

async function knownObjects(client: ClientBase, ...key: [string, string]): Promise<KnownObject[]> {
  const { rows } = await client.query(`select key, sha256, bytes, version_id from ledger.objects ${OF_RECORDING}`, key);
  return rows.map((row) => ({
    key: row.key,
    sha256: row.sha256,
    bytes: Number(row.bytes),
    versionId: optional(row.version_id),
  }));
}

/** Those whom audio was sent to; the simulator is nobody. */
async function providersOf(client: ClientBase, ...key: [string, string]): Promise<ProviderUse[]> {
  const { rows } = await client.query(
    `select distinct provider, provider_request_id from ledger.transcripts ${OF_RECORDING} and not simulated order by 1, 2`,
    key,
  );
  return rows.map((row) => ({ provider: row.provider, requestId: optional(row.provider_request_id) }));
}
