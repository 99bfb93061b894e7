import type { TwilioAccount } from './accounts.ts';

/** What is wrong in the file, and where: the path in its JSON. */
interface Fault {
  path: readonly PropertyKey[];
  message: string;
}

/** More faults than a person mends at once are counted alone. */
const FAULTS_TOLD_MAX = 20;

/** The file cannot be used: `message` is one line that names every field at fault, and never what is in it. */
export class AccountsFileError extends Error {
  override readonly name = 'AccountsFileError';
}

/** All of it in one line, each with its path. */
export function unusable(file: string, faults: readonly Fault[]): AccountsFileError {
  const told = faults.slice(0, FAULTS_TOLD_MAX).map(({ path, message }) => pathOf(path) + message);
  if (faults.length > told.length) told.push(`and ${faults.length - told.length} more`);
  return new AccountsFileError(`ACCOUNTS_FILE ${file}: ${told.join('; ')}`);
}

const pathOf = (path: readonly PropertyKey[]) => (path.length === 0 ? '' : `${path.join('.')}: `);

/** Every account that is in the file a second time. */
export function repeatedIn(json: unknown): Fault[] {
  const seen = new Set<unknown>();
  return (Array.isArray(json) ? json : []).flatMap((each: unknown, index) => {
    const sid = (each as Partial<TwilioAccount> | null)?.accountSid;
    if (sid === undefined || !seen.has(sid)) {
      seen.add(sid);
      return [];
    }
    return [{ path: [index, 'accountSid'], message: 'the account is in the file twice' }];
  });
}

/** Where the file and the environment differ about the environment's own account: nobody could tell which is meant. */
export function differencesOf(own: TwilioAccount, same: TwilioAccount): Fault[] {
  const [token, next] = own.authTokens;
  const pairs: [path: string, setting: string, its: string | undefined, owns: string | undefined][] = [
    ['authToken', 'TWILIO_AUTH_TOKEN', same.authTokens[0], token],
    ['authTokenNext', 'TWILIO_AUTH_TOKEN_NEXT', same.authTokens[1], next],
    ['apiKey.sid', 'TWILIO_API_KEY_SID', same.apiKey?.sid, own.apiKey?.sid],
    ['apiKey.secret', 'TWILIO_API_KEY_SECRET', same.apiKey?.secret, own.apiKey?.secret],
    ['region', 'TWILIO_API_URL', same.apiUrl, own.apiUrl],
  ];
  return pairs
    .filter(([, , its, owns]) => its !== undefined && owns !== undefined && its !== owns)
    .map(([path, setting]) => ({
      path: [path],
      message: `is another one than ${setting}: give the same in both, or leave the account out of the file`,
    }));
}
