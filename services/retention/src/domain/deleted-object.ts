import { deletionsOf } from './begin-deletion.ts';
import { hasLateMedia, type RecordingEntry } from './custody.ts';
import { classOfKey } from './data-class.ts';

/** When an object of the recording was confirmed gone, with all of it or with its class; `undefined` while it is there, or may be. */
export function deletedAt(entry: RecordingEntry, key: string): Date | undefined {
  const dataClass = classOfKey(key);
  const stored = dataClass === 'audio' ? entry.archive : entry.transcript;
  return deletionsOf(entry).findLast(({ classes, startedAt, completedAt }) => {
    if (completedAt === undefined) return false;
    if (classes === undefined) return !hasLateMedia(entry);
    const isSince = stored === undefined || stored.storedAt <= startedAt;
    return dataClass !== undefined && classes.includes(dataClass) && isSince;
  })?.completedAt;
}
