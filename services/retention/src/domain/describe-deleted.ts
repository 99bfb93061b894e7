import type { Deletion } from './deletion.ts';
import { describeDeletion, nameOfClass } from './reasons.ts';

/** What became of the recording, or of what the deletion names of it: when, why, and by which policy or erasure. */
export function describeDeleted(deletion: Deletion): string {
  const { classes, startedAt, completedAt } = deletion;
  const because = describeDeletion(deletion).replace(/^Deleted /, '');
  const what = classes === undefined ? 'The recording' : `Of the recording ${classes.map(nameOfClass).join(', ')}`;
  const verb = classes !== undefined && classes.length > 1 ? 'were' : 'was';
  return completedAt === undefined
    ? `${what} ${verb} to be deleted from ${startedAt.toISOString()} on, which is not confirmed in every place yet, ${because}`
    : `${what} ${verb} deleted, confirmed at ${completedAt.toISOString()}, ${because}`;
}
