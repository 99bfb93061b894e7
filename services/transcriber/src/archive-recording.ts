import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { StoredObject } from '@onrecord/shared/events';
import { ObjectExistsError, type ObjectStore } from '@onrecord/shared/object-store/port';
import { atStage } from './at-stage.ts';
import { type Clearance, identityOf, keysOf } from './clearance.ts';
import { MANIFEST_SCHEMA, type Manifest, manifest } from './domain/manifest.ts';
import { MEDIA_FORMATS, type MediaFormat } from './domain/media-format.ts';
import type { ObjectKeys } from './domain/object-keys.ts';
import { formatWarningsOf, warningsOf } from './domain/reported-audio.ts';
import { STAGES } from './domain/stages.ts';
import type { MediaSource } from './media-source.ts';
import { persistently } from './persistently.ts';
import { type Beside, relayMedia, type StoredAudio } from './relay/relay-media.ts';
import { rereadMedia } from './relay/reread-media.ts';
import { createOrRead, type HeldObject, readHeld, toStoredJson } from './stored-json.ts';
import { storeWaveform } from './stored-waveform.ts';

export interface ArchiveDependencies {
  store: Pick<ObjectStore, 'put' | 'get' | 'head'>;
  source: MediaSource;
  /** The media's address as the manifest names it: without credentials. */
  sourceUrl(clearance: Clearance, format: MediaFormat): string;
  /** What recordings are archived as, where they can be had as that. */
  mediaFormat: MediaFormat;
  /** Pauses before the waveform or the manifest is tried to be written again: giving up would throw away the provider's answer beside it. */
  keepDelaysMs: readonly number[];
  now(): Date;
}

export interface Archive {
  manifest: Manifest;
  manifestObject: StoredObject;
  /** False when an earlier attempt had completed the archive. */
  isNew: boolean;
  /** Whether the audio that the manifest names is what this attempt relayed: only then was a leg beside it given the same. */
  isRelayed: boolean;
}

export interface ArchiveAttempt {
  /** Counts from 1; the pauses in between grow. */
  attempt: number;
  signal: AbortSignal;
  beside?: Beside | undefined;
}

/**
 * So often a recording must be as long as it was reported, since Twilio may still be writing it: with the pauses of the retry policy
 * for eleven minutes. Then it is archived as it is, and its manifest says so.
 */
const WHOLE_ATTEMPTS = 3;

/** `undefined` while the recording is not archived. */
export async function findArchive(
  clearance: Clearance,
  store: Pick<ObjectStore, 'get'>,
  signal: AbortSignal,
): Promise<Archive | undefined> {
  const held = await atStage(STAGES.archive, () => readHeld(store, keysOf(clearance).manifest, signal));
  return held && { ...parseManifest(held), isNew: false, isRelayed: false };
}

/**
 * Brings a cleared recording into the store, once: media first, create-only; its waveform; the manifest last. An attempt that finds the
 * media without its manifest describes what is there; it downloads nothing twice.
 * @throws StageError
 */
export async function archiveRecording(
  clearance: Clearance,
  dependencies: ArchiveDependencies,
  attempt: ArchiveAttempt,
): Promise<Archive> {
  const { signal } = attempt;
  const existing = await findArchive(clearance, dependencies.store, signal);
  if (existing) return existing;
  const keys = keysOf(clearance);
  return atStage(STAGES.archive, async () => {
    const audio = await storeAudio(clearance, keys.media, dependencies, attempt);
    const storeLevels = () => storeWaveform(dependencies.store, keys.waveform, audio.measured, signal);
    const levels = await persistently(storeLevels, dependencies.keepDelaysMs, signal);
    const written = toStoredJson(describeArchive(clearance, audio, levels, dependencies));
    const write = () => createOrRead(dependencies.store, keys.manifest, written, 'application/json', signal);
    const held = await persistently(write, dependencies.keepDelaysMs, signal);
    const parsed = parseManifest(held);
    const isRelayed = audio.isRelayed && parsed.manifest.media.sha256 === audio.media.sha256;
    return { ...parsed, isNew: true, isRelayed };
  });
}

/** The policy comes before the setting. */
const formatOf = (clearance: Clearance, { mediaFormat }: Pick<ArchiveDependencies, 'mediaFormat'>): MediaFormat =>
  clearance.mediaFormat ?? mediaFormat;

async function storeAudio(
  clearance: Clearance,
  keys: ObjectKeys['media'],
  { source, store, ...dependencies }: ArchiveDependencies,
  { attempt, signal, beside }: ArchiveAttempt,
): Promise<StoredAudio> {
  const { accountSid, recordingSid, recording } = clearance;
  const named = { accountSid, recordingSid, channels: recording.channels, format: formatOf(clearance, dependencies) };
  // In whatever format an earlier attempt, or another worker, stored it: one is enough.
  const findStored = async (): Promise<StoredAudio | undefined> => {
    for (const format of MEDIA_FORMATS) {
      if (!(await store.head(keys[format]))) continue;
      const audio = await rereadMedia(keys[format], format, store, signal);
      return { ...audio, encryption: await source.encryptionOf(named, signal) };
    }
    return undefined;
  };
  const stored = await findStored();
  if (stored) return stored;
  const expectedSeconds = attempt <= WHOLE_ATTEMPTS ? recording.durationSeconds : undefined;
  try {
    return await relayMedia(named, keys, { source, store, beside, expectedSeconds }, signal);
  } catch (error) {
    // Another worker on the same recording was faster: what it stored is the recording.
    const others = error instanceof ObjectExistsError ? await findStored() : undefined;
    if (others) return others;
    throw error;
  }
}

function describeArchive(
  clearance: Clearance,
  audio: StoredAudio,
  levels: Awaited<ReturnType<typeof storeWaveform>>,
  dependencies: ArchiveDependencies,
): Manifest {
  const { recording, decision, policy, rule, purposes, decidedAt } = clearance;
  return {
    schema: MANIFEST_SCHEMA,
    ...identityOf(clearance),
    startedAt: recording.startedAt,
    source: {
      url: dependencies.sourceUrl(clearance, audio.format.container),
      recordingSource: recording.recordingSource,
      reportedChannels: recording.channels,
      reportedDurationSeconds: recording.durationSeconds,
      encryption: audio.encryption && { type: 'rsa-aes', publicKeySid: audio.encryption.publicKeySid },
    },
    media: audio.media,
    audio: {
      container: audio.format.container,
      formatTag: audio.format.formatTag,
      channels: audio.format.channels,
      sampleRateHz: audio.format.sampleRateHz,
      bitsPerSample: audio.format.bitsPerSample,
      durationSeconds: audio.durationSeconds,
    },
    ...levels,
    warnings: [
      ...warningsOf(recording, {
        channels: audio.format.channels,
        durationSeconds: audio.durationSeconds,
        levels: levels.levels,
      }),
      ...formatWarningsOf(formatOf(clearance, dependencies), audio.format.container),
    ],
    clearance: { decision, policy, rule, purposes, decidedAt },
    archivedAt: dependencies.now().toISOString(),
  };
}

function parseManifest(held: HeldObject): { manifest: Manifest; manifestObject: StoredObject } {
  try {
    return { manifest: manifest.parse(JSON.parse(held.body.toString('utf8'))), manifestObject: held.object };
  } catch (cause) {
    throw new StageError(STAGES.archive, `${held.object.key} is no manifest that this version can read`, {
      kind: 'permanent',
      cause,
    });
  }
}
