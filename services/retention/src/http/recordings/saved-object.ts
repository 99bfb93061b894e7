import type { Context } from 'hono';
import type { RecordingDetail } from '../../ledger/read/recording-detail.ts';
import { wasGone } from '../../ledger/read/saved-by-hold.ts';
import type { RecordsEnv } from '../access/principal.ts';
import { seesHolds } from '../holds/hide-holds.ts';
import { ProblemError } from '../problems.ts';
import { HOW_TO_READ_RESTRICTED, readsRestricted } from './refuse-restricted.ts';

type StoredObject = RecordingDetail['objects'][number];

/**
 * An object of a recording whose deletion has begun, where a hold came in time to save it: a hold is there to be looked at. It is no
 * matter any more what the deletion was for.
 * @param what as people call it: audio, transcript
 * @throws ProblemError where it is gone, or not for whoever asks, who learns of no hold that the role does not show
 */
export function savedObject(
  c: Context<RecordsEnv>,
  { recordingSid: sid, state, objects, savedByHold: saved }: RecordingDetail,
  what: string,
  isIt: (object: StoredObject) => boolean,
): StoredObject {
  if (saved === undefined || !seesHolds(c)) {
    throw new ProblemError('not-found', `Recording ${sid} is ${state}, and its ${what} with it.`);
  }
  const found = objects.find(isIt);
  if (found === undefined)
    throw new ProblemError('not-found', `Recording ${sid} had no ${what} when a hold stopped its deletion.`);
  if (wasGone(saved, found)) {
    const gone = saved.gone.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)).join(', ');
    throw new ProblemError(
      'gone',
      `The ${what} of recording ${sid} was gone when a hold stopped its deletion. Gone: ${gone}; kept: ${saved.kept} object(s).`,
    );
  }
  if (readsRestricted(c)) return found;
  throw new ProblemError(
    'restricted',
    `The deletion of recording ${sid} has begun, and a hold keeps its ${what}. ${HOW_TO_READ_RESTRICTED}`,
  );
}
