import { createApiClient } from './api-client.ts';
import type { Arguments, Command, CommandContext } from './command.ts';
import { COMMANDS } from './commands/all.ts';
import { completionOf } from './completion/command.ts';
import { type Api, findConnection, INGEST_API, RECORDS_API } from './connection.ts';
import { CommandError, UsageError } from './errors.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';
import { findCommand } from './find-command.ts';
import { inFlags } from './in-flags.ts';
import { createProgress } from './progress.ts';
import { readArguments } from './read-arguments.ts';
import { createStop } from './stop.ts';
import type { Terminal } from './terminal.ts';

const ALL: readonly Command[] = [...COMMANDS, completionOf(COMMANDS)];

/** Runs one command line. @returns the exit status */
export const run = (argv: readonly string[], terminal: Terminal): Promise<ExitStatus> => runAmong(ALL, argv, terminal);

export async function runAmong(
  commands: readonly Command[],
  argv: readonly string[],
  terminal: Terminal,
): Promise<ExitStatus> {
  try {
    await dispatch(commands, argv, terminal);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof CommandError)) throw error;
    terminal.printError(`onrecord: ${error.message}`);
    return error instanceof UsageError ? EXIT.usage : error.status;
  }
}

async function dispatch(commands: readonly Command[], argv: readonly string[], terminal: Terminal): Promise<void> {
  const found = findCommand(commands, argv);
  if ('help' in found) return terminal.print(found.help);
  const args = readArguments(found.command, found.rest);
  if (args.values.help) return terminal.print(found.command.help);
  try {
    const stop = createStop(terminal);
    await stop.orStopped(() => found.command.run(contextOf(terminal, args, stop.whenStopped), args));
  } catch (error) {
    throw inFlags(error, found.command);
  }
}

function contextOf(
  terminal: Terminal,
  { values }: Arguments,
  whenStopped: CommandContext['whenStopped'],
): CommandContext {
  const { environment, width, print, printError, draw } = terminal;
  const headers = purposeHeader(values.purpose);
  const connect = async (api: Api) => createApiClient(await findConnection(environment, api), headers);
  return {
    api: () => connect(RECORDS_API),
    ingest: () => connect(INGEST_API),
    environment,
    network: terminal.network ?? {},
    print,
    note: printError,
    width,
    confirm: async (question) => {
      if (values.yes === true) return;
      if (terminal.ask === undefined) throw new UsageError(`${question} Nobody can be asked here: say --yes`);
      const answer = await terminal.ask(`${question} [y/N] `);
      if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError('nothing was done');
    },
    whenStopped,
    progress: (what, unit) => createProgress(draw, what, unit),
  };
}

/** The API keeps no more. */
const PURPOSE_MAX = 200;

function purposeHeader(purpose: unknown): Record<string, string> {
  if (purpose === undefined) return {};
  const text = String(purpose).trim();
  const odd = /[^\x20-\x7e]/u.exec(text)?.[0];
  if (odd !== undefined) {
    throw new UsageError(
      `--purpose has ${JSON.stringify(odd)}, which no header carries: write it in plain ASCII, such as ue for ü`,
    );
  }
  if (text !== '' && text.length <= PURPOSE_MAX) return { 'x-access-purpose': text };
  throw new UsageError(`--purpose has ${text.length} characters: say in 1 to ${PURPOSE_MAX} of them why it is read`);
}
