import { CommandError, UsageError } from '../../errors.ts';
import { EXIT } from '../../exit-status.ts';

/** @throws UsageError */
export function onlyOne([id, ...more]: readonly string[]): void {
  if (id === undefined) throw new UsageError('name it: onrecord dead-letters show onrecord.media/0/17');
  if (more.length > 0) throw new UsageError(`one at a time: "${more.join(' ')}" is too much`);
}

/** @throws CommandError where there is none */
export function foundOne<T>(found: T | undefined, [id]: readonly string[]): T {
  if (found !== undefined) return found;
  throw new CommandError(`there is no dead letter ${id}`, EXIT.notFound);
}
