import type { Network } from '@onrecord/shared/doctor/probe-address';
import type { ApiClient } from './api-client.ts';
import type { Progress } from './progress.ts';

/** What the command line said, after its flags were checked. */
export interface Arguments {
  values: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  positionals: readonly string[];
}

export interface CommandContext {
  /** Connects on first use, so that help and usage errors need no running Onrecord. Sends what `--purpose` says. */
  api(): Promise<ApiClient>;
  /** Ingest, on the port of its metrics. */
  ingest(): Promise<ApiClient>;
  environment: Readonly<Record<string, string | undefined>>;
  /** Of the checks that ask others than Onrecord. */
  network: Network;
  print(text: string): void;
  /** Beside the answer, and never in a pipe: what people should know and programs should not read. */
  note(text: string): void;
  /** Columns of the terminal; `undefined` where the output is no terminal. */
  width: number | undefined;
  /**
   * To be called before anything is destroyed, by a command that has `yesOption`.
   * @throws UsageError where nobody can be asked and `--yes` was not said; CommandError where the answer was not yes
   */
  confirm(question: string): Promise<void>;
  /**
   * What is said, after it was done, where a person stops the command from here on: what becomes of what was begun. The last one that
   * was given counts.
   */
  whenStopped(leave: () => Promise<string>): void;
  /** A bar for what takes long; draws nothing where no terminal is. To be ended. */
  progress(what: string, unit?: (count: number) => string): Progress;
}

/** A flag, as `parseArgs` of Node takes it. */
export interface Flag {
  type: 'string' | 'boolean';
  short?: string;
  multiple?: boolean;
  default?: string | boolean;
  /** The values that there are: others are refused, and a shell completes them. */
  choices?: readonly string[];
}

export interface Command {
  /** `doctor`, or a noun and a verb: `holds place`. A noun alone lists, where it has a `list`. */
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** Everything that `onrecord <name> --help` prints. */
  help: string;
  options: Readonly<Record<string, Flag>>;
  /** Fields of the API by what gives them on this command line, where the flag is not one that `inFlags` knows. */
  fields?: Readonly<Record<string, string>>;
  /** @throws UsageError, CommandError */
  run(context: CommandContext, args: Arguments): Promise<void>;
}
