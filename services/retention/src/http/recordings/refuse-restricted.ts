import type { Context } from 'hono';
import type { RecordingDetail } from '../../ledger/read/recording-detail.ts';
import type { RecordsEnv } from '../access/principal.ts';
import { restrictionFor, seesHolds } from '../holds/hide-holds.ts';
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

/**
 * What its parties do not allow to be kept, or transcribed, any more, and a hold keeps: a hold is there to be looked at, also where it came
 * before the deletion.
 * @throws ProblemError where no hold does, or not for whoever asks, who learns of no hold that the role does not show
 */
export function refuseUnlessHeld(
  c: Context<RecordsEnv>,
  { recordingSid, state, decision, holds = [] }: Pick<RecordingDetail, 'recordingSid' | 'state' | 'decision' | 'holds'>,
): void {
  const isHeld = holds.length > 0 && seesHolds(c);
  if (isHeld && readsRestricted(c)) return;
  const how = isHeld ? ` A hold keeps what there is of it. ${HOW_TO_READ_RESTRICTED}` : '';
  throw new ProblemError('restricted', `Recording ${recordingSid} is ${state}. ${decision?.reason ?? ''}${how}`);
}
