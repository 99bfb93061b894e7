import { NothingToDoError, StageError } from '@onrecord/shared/event-log/failure-policy';
import type { Stage } from './domain/stages.ts';

/**
 * Runs a step and names its stage in what it throws. An error that knows its stage already keeps it, and that there is nothing to
 * do is no failure; any other is worth another try, since what a store or a log answers can change: a full disk, missing rights, a server that is away.
 */
export async function atStage<T>(stage: Stage, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof StageError || error instanceof NothingToDoError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new StageError(stage, message, { kind: 'transient', cause: error });
  }
}
