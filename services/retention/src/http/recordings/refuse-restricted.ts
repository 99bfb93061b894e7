import type { Context } from 'hono';
import type { RecordingDetail } from '../../ledger/read/recording-detail.ts';
import type { RecordsEnv } from '../access/principal.ts';
import { restrictionFor } from '../holds/hide-holds.ts';
import { ProblemError } from '../problems.ts';

/** Who may read what is to be erased and still there, for a purpose that is recorded with the access: a hold is there to be looked at. */
const MAY_READ_RESTRICTED: readonly string[] = ['compliance', 'administrator'];

export const HOW_TO_READ_RESTRICTED = `With the role ${MAY_READ_RESTRICTED.join(' or ')}, and the purpose in the header X-Access-Purpose, it can be read.`;

/** Whether whoever asks may read what an erasure covers, and says what for. */
export function readsRestricted(c: Context<RecordsEnv>): boolean {
  const purpose = c.req.header('x-access-purpose')?.trim() ?? '';
  return MAY_READ_RESTRICTED.includes(c.get('principal').role) && purpose !== '';
}

/**
 * Before anything of a recording is read out: what an erasure covers and something still keeps is not read in ordinary use.
 * @throws ProblemError
 */
export function refuseRestricted(
  c: Context<RecordsEnv>,
  { recordingSid, restriction }: Pick<RecordingDetail, 'recordingSid' | 'restriction'>,
): void {
  if (restriction === undefined || readsRestricted(c)) return;
  const why = `Recording ${recordingSid} is restricted: ${restrictionFor(c, { restriction })}`;
  throw new ProblemError('restricted', `${why} ${HOW_TO_READ_RESTRICTED}`);
}
