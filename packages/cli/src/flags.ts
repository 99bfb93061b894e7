import type { Flag } from './command.ts';

/** Flags that several commands have, each to be spread into a command's `options`. */
export const jsonOption = { json: { type: 'boolean' } } as const satisfies Record<string, Flag>;

/** Of a command that destroys: it calls `context.confirm` first. */
export const yesOption = { yes: { type: 'boolean', short: 'y' } } as const satisfies Record<string, Flag>;

/** Of a command that reads audio or text: sent as `X-Access-Purpose`, and kept beside the access. */
export const purposeOption = { purpose: { type: 'string' } } as const satisfies Record<string, Flag>;

export const PURPOSE_HELP =
  '--purpose WHY  why this is read: kept with the access, and asked for by some installations';
