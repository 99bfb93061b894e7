import { userInfo } from 'node:os';
import type { Environment } from '@onrecord/shared/config/settings';
import type { WholeDeadLetter } from '@onrecord/shared/event-log/dead-letters';
import { accountIn, type SettledOutcome } from '@onrecord/shared/event-log/settled-event';
import { accountSid } from '@onrecord/shared/events';
import { isPhoneLike } from '@onrecord/shared/telephony/phone-like';
import type { Arguments, Flag } from '../../command.ts';
import { CommandError, UsageError } from '../../errors.ts';

/** `--reason` is taken: it selects letters by why they could not be handled. */
export const whoOptions = { by: { type: 'string' }, why: { type: 'string' } } as const satisfies Record<string, Flag>;

export const WHO_HELP = `--why TEXT        why: goes on record in the audit log, and so no telephone number may be in it
  --by NAME         who, for the audit log: without it, the user of this machine`;

/** A sentence or two. */
const CHARACTERS_MAX = 500;

/** Who settles dead letters and why. @throws UsageError */
export function settlingIn(
  { values }: Arguments,
  outcome: SettledOutcome,
): { by: string; reason?: string | undefined } {
  if (outcome === 'discarded' && values.why === undefined)
    throw new UsageError('say --why: what is discarded is never handled, and the audit log keeps why');
  return {
    by: plain('--by', values.by === undefined ? userInfo().username : String(values.by)),
    reason: values.why === undefined ? undefined : plain('--why', String(values.why)),
  };
}

function plain(flag: string, given: string): string {
  const text = given.trim();
  if (text === '' || text.length > CHARACTERS_MAX)
    throw new UsageError(`${flag} has ${text.length} characters: give 1 to ${CHARACTERS_MAX}`);
  if (isPhoneLike(text))
    throw new UsageError(
      `${flag} has something like a phone number in it, and the audit log keeps none: say it without`,
    );
  return text;
}

/**
 * Whose each letter is, and in whose audit log it is told: what its event says, or else the account of the environment.
 * @throws CommandError, before anything is done, where one has neither
 */
export function accountsOf(
  letters: readonly WholeDeadLetter[],
  { TWILIO_ACCOUNT_SID: own }: Environment,
): (letter: WholeDeadLetter) => string {
  const accountOf = ({ id, record }: WholeDeadLetter) => {
    const account = accountIn(record.headers) ?? accountSid.safeParse(own).data;
    if (account !== undefined) return account;
    throw new CommandError(
      `${id} does not say whose it is, so it cannot be told in which audit log: set TWILIO_ACCOUNT_SID to the account that answers for it`,
    );
  };
  for (const letter of letters) accountOf(letter);
  return accountOf;
}
