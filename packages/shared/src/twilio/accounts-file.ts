import { z } from 'zod';
import type { TwilioAccount } from './accounts.ts';
import { AccountsFileError, differencesOf, repeatedIn, unusable } from './accounts-file-faults.ts';

/** A request that names no account, as an Event Streams sink's, is tried with all of them: this bounds what that costs. */
const ACCOUNTS_MAX = 500;

const text = (name: string) => z.string(`give ${name}`).min(1, `give ${name}`);

const accountSchema = z
  .strictObject({
    accountSid: z
      .string('give AC and 32 hexadecimal digits')
      .regex(/^AC[0-9a-f]{32}$/, 'give AC and 32 hexadecimal digits, in small letters'),
    authToken: text('the account’s primary auth token').describe('Checks signatures, and signs in without an API key'),
    authTokenNext: text('the secondary auth token').optional().describe('Accepted as well while it is promoted'),
    apiKey: z
      .strictObject({
        sid: z.string().regex(/^SK[0-9a-fA-F]{32}$/, 'give SK and 32 hexadecimal digits'),
        secret: text('the API key’s secret'),
      })
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}\d$/, 'give a region such as ie1')
      .optional(),
    edge: z
      .string()
      .regex(/^[a-z]+(-[a-z]+)*$/, 'give an edge such as dublin')
      .optional(),
    label: z.string().max(100).optional().describe('For whoever reads the file'),
  })
  .refine(({ region, edge }) => (region === undefined) === (edge === undefined), {
    path: ['edge'],
    error:
      'give region and edge together, or neither: hosts with a region alone, such as api.ie1.twilio.com, are retired',
    // Whatever else is wrong, so that one message names everything.
    when: ({ value }) => typeof value === 'object' && value !== null,
  });

/** What ACCOUNTS_FILE holds. */
const accountsFileSchema = z
  .array(accountSchema, 'give a list of accounts: [{"accountSid": …, "authToken": …}, …]')
  .min(1, 'give at least one account')
  .max(ACCOUNTS_MAX, `give at most ${ACCOUNTS_MAX} accounts`);

/** The JSON Schema of the file, by which editors complete and check it. */
export const accountsFileJsonSchema = (): object => ({
  title: 'Accounts file of Onrecord',
  ...z.toJSONSchema(accountsFileSchema, { io: 'input' }),
});

/**
 * The accounts of the file, and the environment's own one, which may be in both: what one of them leaves out is
 * as the other says, and where both say something it must be the same.
 * @throws AccountsFileError
 */
export function parseAccounts(file: string, content: string, own: TwilioAccount): readonly TwilioAccount[] {
  const json = parseJson(file, content);
  const result = accountsFileSchema.safeParse(json);
  const repeated = repeatedIn(json);
  if (!result.success) throw unusable(file, [...result.error.issues, ...repeated]);
  if (repeated.length > 0) throw unusable(file, repeated);
  const accounts = result.data.map((account): TwilioAccount => {
    const { authToken, authTokenNext, apiKey, region, edge } = account;
    const apiUrl = region === undefined ? own.apiUrl : `https://api.${edge}.${region}.twilio.com`;
    const authTokens: TwilioAccount['authTokens'] =
      authTokenNext === undefined ? [authToken] : [authToken, authTokenNext];
    return { accountSid: account.accountSid, authTokens, apiKey, apiUrl };
  });
  const at = accounts.findIndex((account) => account.accountSid === own.accountSid);
  const same = accounts[at];
  if (same === undefined) return [own, ...accounts];
  const differences = differencesOf(own, same).map((each) => ({ ...each, path: [at, ...each.path] }));
  if (differences.length > 0) throw unusable(file, differences);
  const merged = merge(own, same);
  return accounts.map((account) => (account === same ? merged : account));
}

function merge(own: TwilioAccount, same: TwilioAccount): TwilioAccount {
  const authTokens = own.authTokens.length === 1 ? same.authTokens : own.authTokens;
  return { ...own, authTokens, apiKey: own.apiKey ?? same.apiKey };
}

/** What the parser says can quote the text beside the mistake, and with it a token: only the place goes on. */
function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const [place = ''] = /line \d+ column \d+/.exec((error as Error).message) ?? [];
    throw new AccountsFileError(`ACCOUNTS_FILE ${file}: it is not JSON${place && `, at ${place}`}`);
  }
}
