import type { ParseArgsOptionsConfig } from 'node:util';
import type { Network } from '@onrecord/shared/doctor/probe-address';
import type { ApiClient } from './api-client.ts';

/** What the command line said, after its flags were checked. */
export interface Arguments {
  values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  positionals: readonly string[];
}

export interface CommandContext {
  /** Connects on first use, so that help and usage errors need no running Onrecord. */
  api(): Promise<ApiClient>;
  /** Ingest, on the port of its metrics. */
  ingest(): Promise<ApiClient>;
  environment: Readonly<Record<string, string | undefined>>;
  /** Of the checks that ask others than Onrecord. */
  network: Network;
  print(text: string): void;
  /** Columns of the terminal; `undefined` where the output is no terminal. */
  width: number | undefined;
}

export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Everything that `onrecord <name> --help` prints. */
  help: string;
  options: ParseArgsOptionsConfig;
  /** @throws UsageError, CommandError */
  run(context: CommandContext, args: Arguments): Promise<void>;
}
