import { SettingsError } from '@onrecord/shared/config/settings';
import { readTwilioAccounts } from '@onrecord/shared/doctor/settings';
import { createAccountClient, type LookedUp } from '@onrecord/shared/twilio/account-client';
import { credentialsOf, notConfigured, type TwilioAccount } from '@onrecord/shared/twilio/accounts';
import { readAccounts } from '@onrecord/shared/twilio/watch-accounts';
import { parsePhoneNumberWithError } from 'libphonenumber-js/max';
import type { Command, CommandContext } from '../command.ts';
import { CommandError } from '../errors.ts';
import { onlyArgument } from '../positionals.ts';
import { accountIn, accountOption } from './sids.ts';

export const checkNumber: Command = {
  name: 'check-number',
  summary: 'say whether a number can be called',
  help: `onrecord check-number +1… [--line-type] [--line-status] [--account SID] [--local]

  First by the numbering plans (libphonenumber), then by Twilio's Lookup, which is free without the flags below. Reads the
  environment that ingest is started with, and its ACCOUNTS_FILE for another account. Exit status 0 for a valid number; 1 for one that is not, or where Twilio could not
  be asked, which the message tells apart.

  --line-type    also mobile, landline, voip, …, and the carrier: Twilio charges for each lookup
  --line-status  also whether the line is active: Twilio charges for each lookup, and grants access on request
  --account SID  asked by this account, with its credentials and at its region; the environment's own by default
  --local        by the numbering plans alone: Twilio is not asked`,
  options: {
    ...accountOption,
    'line-type': { type: 'boolean' },
    'line-status': { type: 'boolean' },
    local: { type: 'boolean' },
  },
  run: async (context, { values, positionals }) => {
    const number = onlyArgument(positionals, 'onrecord check-number +1…');
    const accountSid = accountIn(values);
    context.print(checkLocally(number));
    if (values.local) return;
    const fields = [
      ...(values['line-type'] ? ['line_type_intelligence'] : []),
      ...(values['line-status'] ? ['line_status'] : []),
    ];
    for (const line of await lookUp(await findAccount(context, accountSid), number, fields)) context.print(line);
  },
};

/** @throws CommandError for what no numbering plan has */
function checkLocally(number: string): string {
  if (!/^\+[1-9]\d{1,14}$/.test(number)) {
    throw new CommandError(`"${number}" is not E.164: give + and the country code, digits alone, such as +14155550100`);
  }
  const parsed = attempt(() => parsePhoneNumberWithError(number));
  if (typeof parsed === 'string') throw new CommandError(`${number} is not valid: ${LOCAL[parsed] ?? parsed}`);
  const country = parsed.country ?? `+${parsed.countryCallingCode}`;
  if (!parsed.isValid()) {
    const why = parsed.isPossible() ? 'no number in that range is given out' : 'it has the wrong length';
    throw new CommandError(`${number} is not valid: ${why} (${country})`);
  }
  return `${number} is valid by the numbering plan of ${country}`;
}

/** Source: libphonenumber-js, "parsePhoneNumberWithError". */
const LOCAL: Readonly<Record<string, string>> = {
  INVALID_COUNTRY: 'there is no such country code',
  NOT_A_NUMBER: 'it is no number',
  TOO_SHORT: 'it is too short',
  TOO_LONG: 'it is too long',
};

function attempt<T>(parse: () => T): T | string {
  try {
    return parse();
  } catch (error) {
    return (error as Error).message;
  }
}

async function lookUp(account: TwilioAccount, number: string, fields: readonly string[]): Promise<string[]> {
  const answer = await createAccountClient(credentialsOf(account)).lookUp(number, fields);
  if (answer.kind === 'answered') return describe(number, answer.body);
  const why = answer.kind === 'unreachable' ? answer.reason : REFUSED[answer.status];
  const remedy = '`onrecord doctor` says more';
  throw new CommandError(
    `Twilio could not be asked about ${number} (${why ?? `it answers ${'status' in answer ? answer.status : ''}`}): ${remedy}`,
  );
}

const REFUSED: Readonly<Record<number, string>> = {
  401: 'it refuses the credentials',
  403: 'the account may not use this lookup',
  429: 'too many requests',
};

/** The account that is named, of the environment or ACCOUNTS_FILE; the environment's own where none is. @throws CommandError */
async function findAccount({ environment }: CommandContext, named: string | undefined) {
  try {
    const { own, accountsFile } = readTwilioAccounts(environment);
    if (named === undefined || named === own.accountSid) return own;
    // That the file is open to everybody is for `onrecord doctor` to say.
    const warn = () => {};
    const accounts = accountsFile === undefined ? [] : (await readAccounts(accountsFile, own, { warn })).accounts;
    const found = accounts.find(({ accountSid }) => accountSid === named);
    if (found !== undefined) return found;
    throw new CommandError(notConfigured(named));
  } catch (error) {
    if (error instanceof SettingsError) throw new CommandError(`${error.message}\n  or give --local`);
    throw error;
  }
}

/** @throws CommandError for a number that Twilio says is not valid */
function describe(number: string, found: LookedUp): string[] {
  const { valid, validation_errors: errors, line_type_intelligence: type, line_status: status } = found;
  if (!valid) {
    const why = (errors ?? []).map((each) => each.toLowerCase().replaceAll('_', ' ')).join(', ');
    throw new CommandError(`${number} is not valid, says Twilio's Lookup: ${why || 'without a reason'}`);
  }
  return [
    `${number} is valid, says Twilio’s Lookup`,
    ...(type ? [`line type: ${type.type || 'unknown'}${type.carrier_name && ` (${type.carrier_name})`}`] : []),
    ...(status ? [`line status: ${(status.status || 'unknown').toLowerCase()}`] : []),
  ];
}
