/** What a command line ends with; docs/records-api.md tells users of them. */
export const EXIT = {
  ok: 0,
  /** It did not work, for a reason that the message says. */
  failed: 1,
  /** The command line itself is wrong, or nobody is there to be asked. */
  usage: 2,
  notFound: 3,
  /** The token is wrong, or its role may not do this. */
  refused: 4,
  /** Something stands in the way, such as a hold. */
  conflict: 5,
  /** A part of it was done, and the rest was not. */
  partial: 6,
  /** By Ctrl-C, as shells have it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];
