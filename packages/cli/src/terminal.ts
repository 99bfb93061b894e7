import type { Network } from '@onrecord/shared/doctor/probe-address';

/** Where a command line was typed, or what stands in for that. */
export interface Terminal {
  environment: Readonly<Record<string, string | undefined>>;
  /** Columns of the output; `undefined` where it is no terminal. */
  width: number | undefined;
  network?: Network;
  print(text: string): void;
  printError(text: string): void;
  /** Asks a person; absent where there is none. */
  ask?(question: string): Promise<string>;
  /** Aborted where the person stops the command, by Ctrl-C. */
  stopped?: AbortSignal;
  /** Writes as it is to where errors go; absent where that is no terminal. */
  draw?(text: string): void;
}
