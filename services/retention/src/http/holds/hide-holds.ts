import type { Context } from 'hono';
import { ROLE_PERMISSIONS } from '../../domain/roles.ts';
import type { RecordingDetail } from '../../ledger/read/recording-detail.ts';
import type { RecordingSummary } from '../../ledger/read/recording-list.ts';
import type { RecordsEnv } from '../access/principal.ts';

/** A hold is no secret from those alone whose role may read holds: whoever is looked into is not to learn of it from a recording. */
export const seesHolds = (c: Context<RecordsEnv>): boolean =>
  ROLE_PERMISSIONS[c.get('principal').role].has('holds:read');

export const hideHolds = <Summary extends Pick<RecordingSummary, 'holds'>>(
  c: Context<RecordsEnv>,
  summary: Summary,
): Summary => (seesHolds(c) ? summary : { ...summary, holds: undefined });

/** What keeps it from being erased may be a hold. */
export const restrictionFor = (
  c: Context<RecordsEnv>,
  { restriction }: { restriction?: RecordingDetail['restriction'] },
): string | undefined =>
  restriction === undefined || seesHolds(c) ? restriction : 'An erasure covers it, and it is still there.';

/** A deletion that rests does so because of a hold. */
export function hideHoldsOfDetail(c: Context<RecordsEnv>, detail: RecordingDetail): RecordingDetail {
  if (seesHolds(c)) return detail;
  const deletion = detail.deletion?.status === 'suspended' ? undefined : detail.deletion;
  return { ...detail, holds: undefined, savedByHold: undefined, deletion, restriction: restrictionFor(c, detail) };
}
