import { CommandError } from '../../errors.ts';
import { EXIT } from '../../exit-status.ts';

/** @throws CommandError where there is none */
export function foundOne<T>(found: T | undefined, [id]: readonly string[]): T {
  if (found !== undefined) return found;
  throw new CommandError(`there is no dead letter ${id}`, EXIT.notFound);
}
