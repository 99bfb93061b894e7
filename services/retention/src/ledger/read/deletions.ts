import { createHash } from 'node:crypto';
import type { ClientBase, QueryResultRow } from 'pg';
import type { DeletionCause } from '../../domain/deletion.ts';
import { deletionId } from '../../domain/deletion-id.ts';
import { type DeletionStatus, deletionStatus } from '../../domain/evolve-deletion.ts';
import { toDeletion } from '../deletions.ts';
import { iso } from './recording-list.ts';

export interface DeletionQuery {
  accounts: readonly string[];
  recordingSid?: string | undefined;
  status?: DeletionStatus | undefined;
  cause?: DeletionCause | undefined;
  /** Where a page begins: right after this one. */
  after?: { startedAt: Date; recordingSid: string; number: number } | undefined;
  limit: number;
}

const IS_PARTLY_GONE = `(coalesce(objects_confirmed_at, source_confirmed_at) is not null
  or source_outcome is not null or jsonb_array_length(objects_deleted) > 0)`;

/** As `deletionStatus` says it, for the index and the filter. */
const IN_STATUS: Readonly<Record<DeletionStatus, string>> = {
  done: 'completed_at is not null',
  running: 'completed_at is null and objects_failure is null and source_failure is null',
  partial: `completed_at is null and coalesce(objects_failure, source_failure) is not null and ${IS_PARTLY_GONE}`,
  failing: `completed_at is null and coalesce(objects_failure, source_failure) is not null and not ${IS_PARTLY_GONE}`,
};

const SELECT = `select deletion.*, exists (
    select from ledger.deletion_certificates certificate
    where (certificate.account_sid, certificate.recording_sid, certificate.deletion)
      = (deletion.account_sid, deletion.recording_sid, deletion.deletion)
  ) as is_certified from`;

export type DeletionName = [accountSid: string, recordingSid: string, number: number];

/** Newest first. @returns at most `limit` */
export async function listDeletions(client: ClientBase, query: DeletionQuery) {
  const { accounts, recordingSid, status, cause, after, limit } = query;
  const parameters: unknown[] = [accounts, limit];
  const conditions = ['account_sid = asked.of_account'];
  if (recordingSid !== undefined) conditions.push(`recording_sid = $${parameters.push(recordingSid)}`);
  if (cause !== undefined) conditions.push(`cause = $${parameters.push(cause)}`);
  if (status !== undefined) conditions.push(IN_STATUS[status]);
  if (after !== undefined) {
    const places = [after.startedAt, after.recordingSid, after.number].map((value) => `$${parameters.push(value)}`);
    conditions.push(`(started_at, recording_sid, deletion) < (${places.join(', ')})`);
  }
  const order = (row: string) => `${row}.started_at desc, ${row}.recording_sid desc, ${row}.deletion desc`;
  const { rows } = await client.query<QueryResultRow>(
    // A page of each account in the order of its index, and of those the newest.
    `${SELECT} (
         select page.* from unnest($1::text[]) asked(of_account) cross join lateral (
           select * from ledger.deletions own where ${conditions.join(' and ')} order by ${order('own')} limit $2
         ) page order by ${order('page')} limit $2
       ) deletion order by ${order('deletion')}`,
    parameters,
  );
  return rows.map(viewRow);
}

/** One deletion, with what it found and deleted. */
export async function findDeletion(client: ClientBase, ...name: DeletionName) {
  const { rows } = await client.query<QueryResultRow>(
    `${SELECT} ledger.deletions deletion where account_sid = $1 and recording_sid = $2 and deletion = $3`,
    name,
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  const { objects, residueChecks } = toDeletion(row);
  return {
    ...viewRow(row),
    found: objects.found.map(({ key, versionId }) => ({ key, versionId })),
    deleted: objects.deleted.map(({ key, versionId }) => ({ key, versionId })),
    residueChecks: residueChecks.map((check) => ({ ...check, checkedAt: check.checkedAt.toISOString() })),
  };
}

/** The certificate as it was written, to the byte, and its hash. */
export async function findCertificate(client: ClientBase, ...name: DeletionName) {
  const { rows } = await client.query<{ body: string }>(
    'select body from ledger.deletion_certificates where account_sid = $1 and recording_sid = $2 and deletion = $3',
    name,
  );
  const body = rows[0]?.body;
  return body === undefined ? undefined : { body, sha256: createHash('sha256').update(body).digest('hex') };
}

function viewRow(row: QueryResultRow) {
  const deletion = toDeletion(row);
  const { objects, source } = deletion;
  return {
    deletionId: deletionId({ recordingSid: row.recording_sid }, deletion.number),
    accountSid: String(row.account_sid),
    recordingSid: String(row.recording_sid),
    data: deletion.classes === undefined ? ['everything'] : [...deletion.classes],
    status: deletionStatus(deletion),
    cause: deletion.cause,
    requestedBy: deletion.requestedBy,
    policy: deletion.policy,
    erasureId: deletion.erasureId,
    startedAt: deletion.startedAt.toISOString(),
    attempts: deletion.attempts,
    nextAttemptAt: deletion.completedAt === undefined ? iso(deletion.nextAttemptAt) : undefined,
    completedAt: iso(deletion.completedAt),
    objects: { deleted: objects.deleted.length, confirmedAt: iso(objects.confirmedAt), failure: objects.failure },
    twilio: {
      outcome: source.outcome,
      confirmedAt: iso(source.confirmedAt),
      metadataUntil: iso(source.metadataUntil),
      failure: source.failure,
    },
    isCertified: Boolean(row.is_certified),
  };
}
