import { parseArgs } from 'node:util';
import { didYouMean } from '@onrecord/shared/config/nearest';
import type { Arguments, Command, Flag } from './command.ts';
import { UsageError } from './errors.ts';

/** @throws UsageError for a flag that there is not, or a value that it does not take */
export function readArguments(command: Command, args: readonly string[]): Arguments {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    const given = values as Arguments['values'];
    for (const [name, flag] of Object.entries(command.options)) checkChoice(name, flag, given[name]);
    return { values: given, positionals };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`${whatIsWrong(error, args, known)}\`onrecord ${command.name} --help\` lists the flags`);
  }
}

function checkChoice(name: string, { choices }: Flag, given: unknown): void {
  if (choices === undefined || given === undefined) return;
  const odd = [given].flat().find((each) => !choices.includes(String(each)));
  if (odd === undefined) return;
  throw new UsageError(`--${name} is "${odd}": ${didYouMean(String(odd), choices)}give one of ${choices.join(', ')}`);
}

/** Node's own messages explain how parseArgs could be called differently; a person needs the flag's name alone. */
function whatIsWrong(error: unknown, args: readonly string[], known: readonly string[]): string {
  const { code, message } = error as { code?: string; message: string };
  const [, named = ''] = /'(?:-\w, )?(-[^' <]+)/.exec(message) ?? [];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    // Of `-out`, parseArgs names the first letter alone.
    const flag = args.find((arg) => arg.startsWith(named)) ?? named;
    return `there is no flag ${flag.split('=')[0]}: ${didYouMean(flag, known)}`;
  }
  if (message.includes('does not take an argument')) return `${named} takes no value: `;
  return `${named} needs a value, as in ${named}=VALUE: `;
}
