import { UsageError } from './errors.ts';

/** The one argument of a command. @param example the command line as it is meant @throws UsageError */
export function onlyArgument([argument, ...more]: readonly string[], example: string, what = 'it'): string {
  if (argument === undefined) throw new UsageError(`name ${what}: ${example}`);
  if (more.length > 0) throw new UsageError(`one at a time: "${more.join(' ')}" is too much`);
  return argument;
}

/** Of a command without arguments. @param remedy what does what may have been meant @throws UsageError */
export function refuseArguments(positionals: readonly string[], remedy?: string): void {
  if (positionals.length === 0) return;
  throw new UsageError(`"${positionals.join(' ')}" is too much${remedy === undefined ? '' : `: ${remedy}`}`);
}
