import { parseArgs } from 'node:util';
import { nearest } from './nearest.ts';

export interface Flags {
  /** End after the simulated calls, with a one-line JSON summary and exit status 0 or 1. */
  once: boolean;
  /** Place simulated calls. */
  demo: boolean;
  help: boolean;
}

export const USAGE = `usage: npx -y pnpm@10 start [--once | --no-demo]

  (none)      start everything, place simulated calls, stay up until Ctrl-C
  --once      end after the simulated calls; the last line is one JSON object; exit status 0, or 1 with what was missing
  --no-demo   start the same without simulated calls
  --help      this text

Settings come from the environment: see .env.example.`;

const KNOWN: readonly string[] = ['--once', '--no-demo', '--help', '-h'];

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError naming the argument that is not understood */
export function parseFlags(args: readonly string[]): Flags {
  // pnpm hands over the `--` of `pnpm start -- --once` as well.
  const given = args.filter((arg, index) => !(arg === '--' && index === 0));
  const unknown = given.find((arg) => !KNOWN.includes(arg));
  if (unknown !== undefined) {
    const meant = nearest(unknown, KNOWN);
    const hint = meant === undefined ? '' : `: did you mean ${meant}?`;
    throw new UsageError(`unknown argument ${JSON.stringify(unknown)}${hint}\n\n${USAGE}`);
  }
  const { values } = parseArgs({
    args: given,
    options: {
      once: { type: 'boolean', default: false },
      'no-demo': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.once && values['no-demo']) {
    throw new UsageError(
      `--once ends after the simulated calls, which --no-demo leaves out: give one of them\n\n${USAGE}`,
    );
  }
  return { once: values.once, demo: !values['no-demo'], help: values.help };
}
