import { z } from 'zod';
import type { TwilioAccount } from './accounts.ts';

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
  });

/** What ACCOUNTS_FILE holds. */
const accountsFileSchema = z
  .array(accountSchema, 'give a list of accounts: [{"accountSid": …, "authToken": …}, …]')
  .min(1, 'give at least one account')
  .max(ACCOUNTS_MAX, `give at most ${ACCOUNTS_MAX} accounts`)
  .superRefine((accounts, context) => {
    for (const [index, account] of accounts.entries()) {
      if (accounts.findIndex((other) => other.accountSid === account.accountSid) === index) continue;
      context.addIssue({ code: 'custom', path: [index, 'accountSid'], message: 'the account is in the file twice' });
    }
  });

/** The JSON Schema of the file, by which editors complete and check it. */
export const accountsFileJsonSchema = (): object => ({
  title: 'Accounts file of Onrecord',
  ...z.toJSONSchema(accountsFileSchema, { io: 'input' }),
});

/** The file cannot be used: `message` is one line that names the field, and never what is in it. */
export class AccountsFileError extends Error {
  override readonly name = 'AccountsFileError';
}

/**
 * The accounts of the file, and the environment's own one, which may be in both: what one of them leaves out is
 * as the other says, and where both say something it must be the same.
 * @throws AccountsFileError
 */
export function parseAccounts(file: string, content: string, own: TwilioAccount): readonly TwilioAccount[] {
  const result = accountsFileSchema.safeParse(parseJson(file, content));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new AccountsFileError(`ACCOUNTS_FILE ${file}: ${pathOf(issue?.path ?? [])}${issue?.message}`);
  }
  const accounts = result.data.map((account): TwilioAccount => {
    const { authToken, authTokenNext, apiKey, region, edge } = account;
    const apiUrl = region === undefined ? own.apiUrl : `https://api.${edge}.${region}.twilio.com`;
    const authTokens: TwilioAccount['authTokens'] =
      authTokenNext === undefined ? [authToken] : [authToken, authTokenNext];
    return { accountSid: account.accountSid, authTokens, apiKey, apiUrl };
  });
  const same = accounts.find((account) => account.accountSid === own.accountSid);
  if (same === undefined) return [own, ...accounts];
  const merged = merge(file, own, same);
  return accounts.map((account) => (account === same ? merged : account));
}

/** @throws AccountsFileError where the two differ: nobody could tell which is meant */
function merge(file: string, own: TwilioAccount, same: TwilioAccount): TwilioAccount {
  const mustBeSame = (what: string, setting: string, its: string | undefined, owns: string | undefined) => {
    if (its === undefined || owns === undefined || its === owns) return;
    throw new AccountsFileError(
      `ACCOUNTS_FILE ${file}: ${what} of ${own.accountSid} is another one than ${setting}: give the same in both, or leave the account out of the file`,
    );
  };
  const [token, next] = own.authTokens;
  mustBeSame('the token', 'TWILIO_AUTH_TOKEN', same.authTokens[0], token);
  mustBeSame('the next token', 'TWILIO_AUTH_TOKEN_NEXT', same.authTokens[1], next);
  mustBeSame('the API key', 'TWILIO_API_KEY_SID', same.apiKey?.sid, own.apiKey?.sid);
  mustBeSame('the API key’s secret', 'TWILIO_API_KEY_SECRET', same.apiKey?.secret, own.apiKey?.secret);
  mustBeSame('the region', 'TWILIO_API_URL', same.apiUrl, own.apiUrl);
  const authTokens = next === undefined ? same.authTokens : own.authTokens;
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

const pathOf = (path: readonly PropertyKey[]) => (path.length === 0 ? '' : `${path.join('.')}: `);
