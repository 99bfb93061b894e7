import type { TranscriptCost } from '@onrecord/shared/events';
import type { ClientBase, QueryResultRow } from 'pg';
import { deletedAt } from '../../domain/deleted-object.ts';
import { whyCopyStays } from '../../domain/due.ts';
import { describePurposes } from '../../domain/explain-decision.ts';
import { restrictionOf } from '../../domain/resolve-erasure.ts';
import { whyNotShared } from '../../domain/sharing.ts';
import { whyNoTranscript } from '../../domain/why-no-transcript.ts';
import type { NumberReading } from '../facts.ts';
import { loadEntry } from '../load-entry.ts';
import type { Policies } from '../load-policies.ts';
import { optional } from '../rows.ts';
import { findSummary } from './recording-list.ts';
import { findSaved } from './saved-by-hold.ts';
import { timelineOf } from './timeline.ts';
import { viewConsent, viewDecision, viewDeletion } from './views.ts';

interface Rules extends NumberReading {
  policies: Policies;
  clock: () => Date;
}

/** Everything that is known of one recording. */
export async function findRecording(
  client: ClientBase,
  accountSid: string,
  recordingSid: string,
  { policies, clock, ...reading }: Rules,
) {
  const found = await findSummary(client, accountSid, recordingSid);
  if (found === undefined) return undefined;
  const { row, summary } = found;
  const entry = await loadEntry(client, row, reading);
  const { recording, consents } = entry.facts;
  const policy = (await policies.of(client, accountSid))(entry);
  const consentIds = consents.map((consent) => consent.consentId);
  const transcript = await findTranscript(client, accountSid, recordingSid);
  // Nothing is stored any more, and nothing gives it back.
  const isGone = summary.state === 'deleted';
  const decision = entry.decision && viewDecision(entry.decision);
  return {
    ...summary,
    twilio: {
      status: recording.status,
      errorCode: recording.errorCode,
      source: recording.recordingSource,
      track: recording.track,
    },
    decision: isGone ? decision && { ...decision, releasedBy: [] } : decision,
    purposes: entry.decision === undefined ? [] : describePurposes(entry.decision, entry.facts),
    whyNotShared: whyNotShared(entry, policy, clock()),
    consents: consents.map(viewConsent),
    participants: [...entry.facts.participants],
    archive: isGone ? undefined : await findArchive(client, accountSid, recordingSid),
    objects: (await listObjects(client, accountSid, recordingSid)).map((object) => ({
      ...object,
      deletedAt: deletedAt(entry, object.key)?.toISOString(),
    })),
    transcript,
    whyNoTranscript: transcript === undefined && entry.deletion === undefined ? whyNoTranscript(entry) : undefined,
    failures: await listFailures(client, accountSid, recordingSid),
    deletion: viewDeletion(entry, policy),
    whyTwilioCopy: entry.deletion === undefined ? whyCopyStays(entry, policy) : undefined,
    restriction: restrictionOf(entry, policy),
    savedByHold: summary.state === 'deleting' ? await findSaved(client, accountSid, recordingSid) : undefined,
    timeline: await timelineOf(client, accountSid, recordingSid, consentIds),
  };
}

export type RecordingDetail = NonNullable<Awaited<ReturnType<typeof findRecording>>>;

async function select(client: ClientBase, sql: string, parameters: readonly unknown[]): Promise<QueryResultRow[]> {
  return (await client.query<QueryResultRow>(sql, [...parameters])).rows;
}

const OF_RECORDING = 'where account_sid = $1 and recording_sid = $2';

async function findArchive(client: ClientBase, ...key: [accountSid: string, recordingSid: string]) {
  const [row] = await select(client, `select * from ledger.archives ${OF_RECORDING}`, key);
  if (row === undefined) return undefined;
  return {
    store: String(row.store),
    prefix: String(row.prefix),
    archivedAt: row.archived_at.toISOString() as string,
    warnings: row.warnings as { kind: string; text: string }[],
  };
}

async function listObjects(client: ClientBase, ...key: [accountSid: string, recordingSid: string]) {
  const rows = await select(client, `select * from ledger.objects ${OF_RECORDING} order by key`, key);
  return rows.map((row) => ({
    kind: String(row.kind),
    key: String(row.key),
    bytes: Number(row.bytes),
    sha256: String(row.sha256),
    versionId: optional<string>(row.version_id),
    contentType: optional<string>(row.content_type),
  }));
}

async function findTranscript(client: ClientBase, ...key: [accountSid: string, recordingSid: string]) {
  const sql = `select * from ledger.transcripts ${OF_RECORDING} order by learned_at desc limit 1`;
  const [row] = await select(client, sql, key);
  if (row === undefined) return undefined;
  return {
    provider: String(row.provider),
    simulated: Boolean(row.simulated),
    language: optional<string>(row.language),
    turns: Number(row.turns),
    words: Number(row.words),
    billedSeconds: Number(row.billed_seconds),
    cost: optional(row.cost as TranscriptCost | null),
    uncertainSeconds: optional<number>(row.uncertain_seconds),
    audioSha256: String(row.audio_sha256),
    key: String(row.transcript_key),
    completedAt: row.completed_at.toISOString() as string,
  };
}

async function listFailures(client: ClientBase, ...key: [accountSid: string, recordingSid: string]) {
  const rows = await select(client, `select * from ledger.failures ${OF_RECORDING} order by failed_at`, key);
  return rows.map((row) => ({
    step: String(row.step),
    stage: String(row.stage),
    reason: String(row.reason),
    attempts: Number(row.attempts),
    failedAt: row.failed_at.toISOString() as string,
  }));
}
