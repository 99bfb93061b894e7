import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { NoteBatch } from '../deletions/note-batch.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { takesKey } from '../domain/data-class.ts';
import { folderOf } from '../domain/decision-events.ts';
import { type DeletedObject, type Deletion, isOfObjects } from '../domain/deletion.ts';
import type { DeletionAttempt } from '../domain/evolve-deletion.ts';
import { messageOf, summary } from './failures.ts';

/** Where objects are: shows what is under a prefix, deletes every version of it and lists afresh. */
export interface ObjectPlace extends Pick<ObjectStore, 'head' | 'put'> {
  /** How the store is named in events. */
  readonly uri: string;
  deleteAllVersions(
    prefix: string,
    before?: (found: readonly DeletedObject[]) => Promise<AbortSignal>,
    only?: (key: string) => boolean,
  ): Promise<{
    deleted: readonly DeletedObject[];
    remaining: readonly { key: string; versionId?: string | undefined; reason?: string }[];
  }>;
}

/**
 * Deletes every version and delete marker, what is half written and what was derived, in every folder of the recording, and
 * confirms by a fresh listing.
 * @param unfiled what else keeps this place from being confirmed
 */
export async function deleteObjects(
  objects: ObjectPlace,
  known: RecordingEntry,
  deletion: Deletion,
  { clock, note, unfiled = [] }: { clock: () => Date; note: NoteBatch; unfiled?: readonly string[] },
): Promise<DeletionAttempt['objects']> {
  if (!isOfObjects(deletion)) return { deleted: [] };
  const begunAt = clock();
  const found = [...deletion.objects.found];
  const deleted: DeletedObject[] = [];
  const failures = [...unfiled, ...archivedElsewhere(known, objects.uri)];
  const noteObjects = async (batch: readonly DeletedObject[]) => {
    found.push(...batch.map(nameOf));
    return note({ objects: batch.map(nameOf) });
  };
  for (const prefix of prefixesOf(known)) {
    try {
      const report = await objects.deleteAllVersions(prefix, noteObjects, (key) => takesKey(deletion.classes, key));
      deleted.push(...report.deleted.map(nameOf));
      failures.push(
        ...report.remaining.map((left) => `${versionOf(left)} is still there${left.reason ? `: ${left.reason}` : ''}`),
      );
    } catch (error) {
      failures.push(messageOf(error));
    }
  }
  return { found, deleted, ...(failures.length === 0 ? { confirmedAt: begunAt } : { failure: summary(failures) }) };
}

const versionOf = ({ key, versionId }: DeletedObject) =>
  versionId === undefined ? key : `${key} (version ${versionId})`;

const nameOf = ({ key, versionId }: DeletedObject) => ({ key, versionId });

/** Every folder that may hold something of the recording. */
export const prefixesOf = ({ prefix, archive, facts }: RecordingEntry): string[] => {
  // Cleared once, and again after Twilio told more of the recording: the transcriber may have been sent to two folders.
  const sentTo = prefix === undefined ? [] : [prefix, folderOf(facts.recording)];
  return [...new Set(archive === undefined ? sentTo : [...sentTo, archive.prefix])];
};

/** Nothing found in one store says nothing of what is in another. */
const archivedElsewhere = ({ archive }: RecordingEntry, uri: string): string[] =>
  archive === undefined || archive.store === uri
    ? []
    : [`its archive is in ${archive.store} and this service has opened ${uri}: start it with that RECORDINGS_BUCKET`];
