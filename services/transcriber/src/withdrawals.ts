import { NothingToDoError } from '@onrecord/shared/event-log/failure-policy';
import { withdrawalKey } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { atStage } from './at-stage.ts';
import type { Clearance } from './clearance.ts';
import { STAGES } from './domain/stages.ts';

/**
 * Returns when no later decision has taken this clearance back.
 * @throws NothingToDoError when one has; StageError `withdrawal` when that cannot be told: without an answer nothing goes on
 */
export async function stopIfWithdrawn(clearance: Clearance, store: Pick<ObjectStore, 'head'>): Promise<void> {
  const { decision } = clearance;
  const note = await atStage(STAGES.withdrawal, () => store.head(withdrawalKey(clearance, decision)));
  if (note) throw new NothingToDoError(`a later decision took decision ${decision} back; it is carried out no further`);
}
