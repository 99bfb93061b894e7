import { UsageError } from '../errors.ts';
import { onlyArgument } from '../positionals.ts';

/** The one argument of a command, which names a thing of Twilio's, in Twilio's spelling. @throws UsageError */
export function onlySid(positionals: readonly string[], prefixes: readonly string[], example: string): string {
  const sid = onlyArgument(positionals, example);
  return inTwiliosSpelling(sid, prefixes, `"${sid}"`);
}

/** The flag that says which of several accounts is meant. */
export const accountOption = { account: { type: 'string' } } as const;

/** The account that the flag names, in Twilio's spelling. @throws UsageError */
export function accountIn({ account }: Readonly<Record<string, unknown>>): string | undefined {
  return account === undefined ? undefined : inTwiliosSpelling(String(account), ['AC'], `--account "${account}"`);
}

/** What a flag such as `--recording` names, in Twilio's spelling. @throws UsageError */
export function sidIn(
  values: Readonly<Record<string, unknown>>,
  flag: string,
  prefix: 'CA' | 'CF' | 'RE',
): string | undefined {
  const given = values[flag];
  return given === undefined ? undefined : inTwiliosSpelling(String(given), [prefix], `--${flag} "${given}"`);
}

/** @param said how the error names it @throws UsageError */
export function inTwiliosSpelling(sid: string, prefixes: readonly string[], said: string): string {
  const pattern = new RegExp(`^(${prefixes.join('|')})[0-9a-f]{32}$`, 'i');
  if (!pattern.test(sid)) throw new UsageError(`${said} is not ${prefixes.join('… or ')}… with 32 hexadecimal digits`);
  return sid.slice(0, 2).toUpperCase() + sid.slice(2).toLowerCase();
}

/** What an empty list about one recording has to say besides: it is as empty for a SID with a slip in it. */
export const isItKnown = (recordingSid: string | undefined): string =>
  recordingSid === undefined ? '' : ` Whether there is such a recording: onrecord recordings show ${recordingSid}`;
