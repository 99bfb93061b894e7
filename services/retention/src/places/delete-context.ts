import type { BatchLimits } from '../deletions/note-batch.ts';
import type { ObjectPlace } from './objects.ts';
import type { SourcePlace } from './twilio.ts';

/** Where a recording is, and by which clock that is confirmed. */
export interface DeleteContext {
  objects: ObjectPlace;
  source: SourcePlace;
  clock: () => Date;
  batchLimits?: BatchLimits | undefined;
}
