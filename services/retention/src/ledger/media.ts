import type {
  DataOf,
  recordingArchived,
  recordingArchiveFailed,
  StoredObject,
  transcriptCompleted,
  transcriptFailed,
} from '@onrecord/shared/events';
import type { ClientBase } from 'pg';
import { insertIfNew, updateRow } from './rows.ts';

export async function writeArchive(client: ClientBase, data: DataOf<typeof recordingArchived>, now: Date) {
  const key = { account_sid: data.accountSid, recording_sid: data.recordingSid };
  const archive = {
    store: data.store,
    prefix: data.prefix,
    channels: data.channels,
    duration_seconds: data.durationSeconds,
    warnings: JSON.stringify((data.warnings ?? []).map(({ kind, text }) => ({ kind, text }))),
    archived_at: new Date(data.archivedAt),
    learned_at: now,
  };
  if (!(await insertIfNew(client, 'ledger.archives', { ...key, ...archive }))) {
    await updateRow(client, 'ledger.archives', key, archive);
  }
  await writeObject(client, data, 'media', data.media, now);
  await writeObject(client, data, 'manifest', data.manifest, now);
  if (data.waveform) await writeObject(client, data, 'derived', data.waveform, now);
}

export async function writeTranscript(client: ClientBase, data: DataOf<typeof transcriptCompleted>, now: Date) {
  const key = {
    account_sid: data.accountSid,
    recording_sid: data.recordingSid,
    options_fingerprint: data.optionsFingerprint,
  };
  const transcript = {
    provider: data.provider,
    simulated: data.simulated,
    provider_request_id: data.providerRequestId,
    audio_sha256: data.audioSha256,
    language: data.language,
    turns: data.turns,
    words: data.words,
    billed_seconds: data.billedSeconds,
    cost: data.cost && JSON.stringify(data.cost),
    uncertain_seconds: data.uncertainSeconds,
    transcript_key: data.transcript.key,
    completed_at: new Date(data.completedAt),
    learned_at: now,
    text_due_at: now,
  };
  if (!(await insertIfNew(client, 'ledger.transcripts', { ...key, ...transcript }))) {
    await updateRow(client, 'ledger.transcripts', key, transcript);
  }
  await writeObject(client, data, 'transcript', data.transcript, now);
  for (const derived of data.derived) await writeObject(client, data, 'derived', derived, now);
}

export async function writeFailure(
  client: ClientBase,
  step: 'archive' | 'transcript',
  data: DataOf<typeof recordingArchiveFailed> | DataOf<typeof transcriptFailed>,
): Promise<void> {
  await insertIfNew(client, 'ledger.failures', {
    account_sid: data.accountSid,
    recording_sid: data.recordingSid,
    step,
    decision: data.decision,
    stage: data.stage,
    reason: data.reason,
    attempts: data.attempts,
    failed_at: new Date(data.failedAt),
  });
}

async function writeObject(
  client: ClientBase,
  recording: { accountSid: string; recordingSid: string },
  kind: 'media' | 'manifest' | 'transcript' | 'derived',
  object: StoredObject,
  now: Date,
): Promise<void> {
  const key = { account_sid: recording.accountSid, recording_sid: recording.recordingSid, key: object.key };
  const columns = {
    kind,
    bytes: object.bytes,
    sha256: object.sha256,
    version_id: object.versionId,
    content_type: object.contentType,
    learned_at: now,
  };
  if (!(await insertIfNew(client, 'ledger.objects', { ...key, ...columns }))) {
    await updateRow(client, 'ledger.objects', key, columns);
  }
}
