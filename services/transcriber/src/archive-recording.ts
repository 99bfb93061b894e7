import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { StoredObject } from '@onrecord/shared/events';
import { ObjectExistsError, type ObjectStore } from '@onrecord/shared/object-store/port';
import { atStage } from './at-stage.ts';
import { type Clearance, identityOf, keysOf } from './clearance.ts';
import { MANIFEST_SCHEMA, type Manifest, manifest } from './domain/manifest.ts';
import { STAGES } from './domain/stages.ts';
import type { MediaSource } from './media-source.ts';
import { persistently } from './persistently.ts';
import { type Beside, relayMedia, type StoredAudio } from './relay/relay-media.ts';
import { rereadMedia } from './relay/reread-media.ts';
import { createOrRead, type HeldObject, readHeld, toStoredJson } from './stored-json.ts';

export interface ArchiveDependencies {
  store: Pick<ObjectStore, 'put' | 'get' | 'head'>;
  source: MediaSource;
  /** The media's address as the manifest names it: without credentials. */
  sourceUrl(clearance: Clearance): string;
  /** Pauses before the manifest is tried to be written again: giving up would throw away the provider's answer beside it. */
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
 * Brings a cleared recording into the store, once: media first, create-only; the manifest last. An attempt that finds the
 * media without its manifest describes what is there; it downloads nothing twice.
 * @throws StageError
 */
export async function archiveRecording(
  clearance: Clearance,
  dependencies: ArchiveDependencies,
  { signal, beside }: { signal: AbortSignal; beside?: Beside | undefined },
): Promise<Archive> {
  const existing = await findArchive(clearance, dependencies.store, signal);
  if (existing) return existing;
  const keys = keysOf(clearance);
  return atStage(STAGES.archive, async () => {
    const audio = await storeAudio(clearance, keys.media, dependencies, { signal, beside });
    const written = toStoredJson(describeArchive(clearance, audio, dependencies));
    const write = () => createOrRead(dependencies.store, keys.manifest, written, 'application/json', signal);
    const held = await persistently(write, dependencies.keepDelaysMs, signal);
    const parsed = parseManifest(held);
    const isRelayed = audio.isRelayed && parsed.manifest.media.sha256 === audio.media.sha256;
    return { ...parsed, isNew: true, isRelayed };
  });
}

async function storeAudio(
  clearance: Clearance,
  key: string,
  { source, store }: ArchiveDependencies,
  { signal, beside }: { signal: AbortSignal; beside?: Beside | undefined },
): Promise<StoredAudio> {
  if (await store.head(key)) return rereadMedia(key, store, signal);
  const { accountSid, recordingSid, recording } = clearance;
  try {
    return await relayMedia(
      { accountSid, recordingSid, channels: recording.channels },
      key,
      { source, store, beside },
      signal,
    );
  } catch (error) {
    // Another worker on the same recording was faster: what it stored is the recording.
    if (error instanceof ObjectExistsError) return rereadMedia(key, store, signal);
    throw error;
  }
}

function describeArchive(clearance: Clearance, audio: StoredAudio, dependencies: ArchiveDependencies): Manifest {
  const { recording, decision, policy, rule, purposes, decidedAt } = clearance;
  return {
    schema: MANIFEST_SCHEMA,
    ...identityOf(clearance),
    startedAt: recording.startedAt,
    source: {
      url: dependencies.sourceUrl(clearance),
      recordingSource: recording.recordingSource,
      reportedChannels: recording.channels,
      reportedDurationSeconds: recording.durationSeconds,
    },
    media: audio.media,
    audio: {
      container: 'wav',
      formatTag: audio.format.formatTag,
      channels: audio.format.channels,
      sampleRateHz: audio.format.sampleRateHz,
      bitsPerSample: audio.format.bitsPerSample,
      durationSeconds: audio.durationSeconds,
    },
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
