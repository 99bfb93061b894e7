import type { Network } from '@onrecord/shared/doctor/probe-address';
import { run } from '../run.ts';
import type { Terminal } from '../terminal.ts';

/** Runs a command line as a person would type it. @returns its exit status and what it printed */
export async function onrecord(
  line: string,
  environment: Record<string, string>,
  network?: Network,
  terminal: Partial<Terminal> = {},
) {
  const printed: string[] = [];
  const errors: string[] = [];
  const status = await run(line === '' ? [] : line.split(' '), {
    environment,
    ...(network === undefined ? {} : { network }),
    width: undefined,
    print: (text) => printed.push(text),
    printError: (text) => errors.push(text),
    ...terminal,
  });
  return { status, out: printed.join('\n'), err: errors.join('\n') };
}
