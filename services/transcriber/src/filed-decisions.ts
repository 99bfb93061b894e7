import { NothingToDoError, StageError } from '@onrecord/shared/event-log/failure-policy';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { atStage } from './at-stage.ts';
import { type Clearance, keysOf } from './clearance.ts';
import { type FiledDecision, filedDecision } from './domain/filed-decision.ts';
import { STAGES } from './domain/stages.ts';
import { type ReadableStore, readHeld, toStoredJson } from './stored-json.ts';

/** Writers of one recording's decisions are few: its partition's owner, and the owner of a retry partition. */
const ROUNDS_MAX = 5;

/**
 * Puts a decision where every clearance of the recording looks. A later one that is there already stays.
 * @throws StageError `decision`
 */
export async function fileDecision(
  store: Pick<ObjectStore, 'get' | 'put'>,
  key: string,
  filed: FiledDecision,
  signal: AbortSignal,
): Promise<void> {
  await atStage(STAGES.decision, async () => {
    // Read again after each write: another member may have written an earlier decision over this one in between.
    for (let round = 0; round <= ROUNDS_MAX; round += 1) {
      const standing = await readDecision(store, key, signal);
      if (standing !== undefined && standing.decision >= filed.decision) return;
      await store.put(key, toStoredJson(filed), { contentType: 'application/json', signal });
    }
    throw new Error(`${key} is overwritten with earlier decisions again and again`);
  });
}

/**
 * Returns when nothing later than this clearance is decided on its recording, as far as it was filed.
 * @throws NothingToDoError when it was replaced; StageError `decision` when that cannot be told: without an answer nothing goes on
 */
export async function stopIfReplaced(clearance: Clearance, store: ReadableStore, signal: AbortSignal): Promise<void> {
  const { decision } = clearance;
  const standing = await atStage(STAGES.decision, () => readDecision(store, keysOf(clearance).decision, signal));
  if (standing === undefined || standing.decision <= decision) return;
  const { outcome, decision: later } = standing;
  throw new NothingToDoError(
    `decision ${later} (${outcome}) replaced decision ${decision}, which is carried out no further`,
  );
}

async function readDecision(
  store: ReadableStore,
  key: string,
  signal: AbortSignal,
): Promise<FiledDecision | undefined> {
  const held = await readHeld(store, key, signal);
  if (!held) return undefined;
  try {
    return filedDecision.parse(JSON.parse(held.body.toString('utf8')));
  } catch (cause) {
    throw new StageError(STAGES.decision, `${key} is no decision that this version can read`, {
      kind: 'permanent',
      cause,
    });
  }
}
