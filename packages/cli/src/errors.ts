/** The command line itself is wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was asked for did not work: exit status 1. The message says what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
