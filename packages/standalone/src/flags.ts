import { parseArgs } from 'node:util';
import { nearest } from '@onrecord/shared/config/nearest';

export interface Flags {
  /** End after the simulated calls, with a one-line JSON summary and exit status 0 or 1. */
  once: boolean;
  /** Place simulated calls. */
  demo: boolean;
  /** Only judge the settings. */
  check: boolean;
  /** Transcribe by a local Whisper, whatever else is set. */
  speech?: 'whisper';
  help: boolean;
}

export const USAGE = `usage: npx -y pnpm@10 start [--once | --no-demo | --check] [--speech whisper]

  (none)            start everything, place simulated calls, stay up until Ctrl-C
  --once            end after the simulated calls; the last line is one JSON object; exit status 0, or 1 with what was missing
  --no-demo         start the same without simulated calls
  --check           read all settings and the files that they name, say what is wrong, and end without a start: exit status 0, or 1
  --speech whisper  transcribe with a local Whisper (English), installed at first use: 540 MB, needs Python 3.11 or later
  --help            this text

Settings come from the environment: see .env.example.`;

const KNOWN: readonly string[] = ['--once', '--no-demo', '--check', '--speech', '--help', '-h'];

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError naming the argument that is not understood */
export function parseFlags(args: readonly string[]): Flags {
  // pnpm hands over the `--` of `pnpm start -- --once` as well.
  const given = args.filter((arg, index) => !(arg === '--' && index === 0));
  const unknown = given.find((arg, index) => !isKnown(arg, given[index - 1]));
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
      check: { type: 'boolean', default: false },
      speech: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
    // A flag without its value is explained below.
    strict: false,
  });
  if (values.speech !== undefined && values.speech !== 'whisper') {
    throw new UsageError(`--speech takes whisper, the one speech-to-text that this command can bring\n\n${USAGE}`);
  }
  if (values.once && values['no-demo']) {
    throw new UsageError(
      `--once ends after the simulated calls, which --no-demo leaves out: give one of them\n\n${USAGE}`,
    );
  }
  const speech = values.speech === undefined ? {} : { speech: 'whisper' as const };
  const { once, 'no-demo': noDemo, check, help } = values;
  return { once: once === true, demo: noDemo !== true, check: check === true, ...speech, help: help === true };
}

/** What follows `--speech` is its value, whatever it is. */
const isKnown = (arg: string, before: string | undefined) =>
  KNOWN.includes(arg) || arg.startsWith('--speech=') || before === '--speech';
