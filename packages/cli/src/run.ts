import { parseArgs } from 'node:util';
import type { Network } from '@onrecord/shared/doctor/probe-address';
import { createApiClient } from './api-client.ts';
import type { Arguments, Command, CommandContext } from './command.ts';
import { checkNumber } from './commands/check-number.ts';
import { consent } from './commands/consent.ts';
import { diagnosis } from './commands/diagnosis.ts';
import { doctor } from './commands/doctor.ts';
import { reconcile } from './commands/reconcile.ts';
import { recording } from './commands/recording.ts';
import { recordings } from './commands/recordings.ts';
import { transcript } from './commands/transcript.ts';
import { findConnection, INGEST_API, RECORDS_API } from './connection.ts';
import { CommandError, UsageError } from './errors.ts';

const COMMANDS: readonly Command[] = [
  recordings,
  recording,
  transcript,
  consent,
  diagnosis,
  reconcile,
  doctor,
  checkNumber,
];

export interface Terminal {
  environment: Readonly<Record<string, string | undefined>>;
  width: number | undefined;
  network?: Network;
  print(text: string): void;
  printError(text: string): void;
}

/** Runs one command line. @returns the exit status: 0 it worked, 1 it did not, 2 the command line is wrong */
export async function run(argv: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  const { environment, width, print, printError } = terminal;
  const context: CommandContext = {
    api: async () => createApiClient(await findConnection(environment, RECORDS_API)),
    ingest: async () => createApiClient(await findConnection(environment, INGEST_API)),
    environment,
    network: terminal.network ?? {},
    print,
    width,
  };
  try {
    await dispatch(argv, context);
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      printError(`onrecord: ${error.message}`);
      return 2;
    }
    if (!(error instanceof CommandError)) throw error;
    printError(`onrecord: ${error.message}`);
    return 1;
  }
}

async function dispatch([name, ...rest]: readonly string[], context: CommandContext): Promise<void> {
  if (name === undefined) throw new UsageError(`say what to do\n\n${overview()}`);
  if (name === '--help' || name === '-h' || name === 'help') return context.print(overview());
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    throw new UsageError(`there is no command "${name}"; there are ${COMMANDS.map((each) => each.name).join(', ')}`);
  }
  const args = readArguments(command, rest);
  if (args.values.help) return context.print(command.help);
  await command.run(context, args);
}

function readArguments(command: Command, args: readonly string[]): Arguments {
  const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
    return { values: values as Arguments['values'], positionals };
  } catch (error) {
    throw new UsageError(`${whatIsWrong(error, args)}; \`onrecord ${command.name} --help\` lists the flags`);
  }
}

/** Node's own messages explain how parseArgs could be called differently; a person needs the flag's name alone. */
function whatIsWrong(error: unknown, args: readonly string[]): string {
  const { code, message } = error as { code?: string; message: string };
  const [, flag = args.find((arg) => arg.startsWith('-')) ?? ''] = /'(-[^' <]+)/.exec(message) ?? [];
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `there is no flag ${flag}`;
  return message.split('\n')[0]?.replace(/\.$/, '') ?? message;
}

const overview = () => `onrecord: recordings, their transcripts and who agreed to them

${COMMANDS.map(({ name, summary }) => `  onrecord ${name.padEnd(12)} ${summary}`).join('\n')}

onrecord COMMAND --help says more. The records API is found by ONRECORD_API_URL and RECORDS_API_TOKEN, ingest by
ONRECORD_INGEST_URL and INGEST_API_TOKEN; or both in the data folder (ONRECORD_DATA_DIR, ./data by default) of an Onrecord
that was started with \`npx -y pnpm@10 start\`.`;
