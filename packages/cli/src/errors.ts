import { EXIT, type ExitStatus } from './exit-status.ts';

/** The command line itself is wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for did not work: exit status 1, or the one that says more. The message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: ExitStatus;

  constructor(message: string, status: ExitStatus = EXIT.failed) {
    super(message);
    this.status = status;
  }
}

/** The API refused a request. The message names its fields, which a person at a command line has never seen: see `inFlags`. */
export class RefusedRequest extends CommandError {
  readonly httpStatus: number;
  /** Of how many recordings something would be deleted at once, where that was to be confirmed. */
  readonly dueNow: number | undefined;

  constructor(message: string, httpStatus: number, status?: ExitStatus, dueNow?: number) {
    super(message, status);
    this.httpStatus = httpStatus;
    this.dueNow = dueNow;
  }
}
