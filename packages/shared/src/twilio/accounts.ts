/** A Twilio account or subaccount, with what is its own: no account's secret is ever used for another. */
export interface TwilioAccount {
  /** In Twilio's own spelling. */
  accountSid: string;
  /** What callbacks of it are signed with: the current token, then the next one. */
  authTokens: readonly [string, ...string[]];
  /** Preferred over the token for REST calls and media. */
  apiKey?: { sid: string; secret: string } | undefined;
  /** Where its REST API is: `https://api.twilio.com`, its region's, or a simulator. */
  apiUrl: string;
}

/** What signs in to the REST API of an account. */
export interface AccountCredentials extends Omit<TwilioAccount, 'authTokens'> {
  authToken: string;
}

/** With the current one of its tokens. */
export const credentialsOf = ({ authTokens, ...account }: TwilioAccount): AccountCredentials => ({
  ...account,
  authToken: authTokens[0],
});

/** HTTP Basic, by the API key where there is one: it can be revoked by itself. */
export function authorizationOf({ accountSid, authToken, apiKey }: AccountCredentials): string {
  const [user, password] = apiKey === undefined ? [accountSid, authToken] : [apiKey.sid, apiKey.secret];
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** The accounts that are served, as they are configured at the moment of asking. */
export interface TwilioAccounts {
  all(): readonly TwilioAccount[];
  /** `accountSid` in Twilio's own spelling. */
  find(accountSid: string): TwilioAccount | undefined;
}

/** Why something cannot be done for an account, and what helps. */
export const notConfigured = (accountSid: string) =>
  `account ${accountSid} is not configured: add it with its credentials to ACCOUNTS_FILE`;

/** The accounts of `list()`, which gives the same array until something changes. */
export function accountsOf(list: () => readonly TwilioAccount[]): TwilioAccounts {
  let indexed: readonly TwilioAccount[] | undefined;
  let bySid = new Map<string, TwilioAccount>();
  return {
    all: list,
    find: (accountSid) => {
      const current = list();
      if (current !== indexed) bySid = new Map(current.map((account) => [account.accountSid, account]));
      indexed = current;
      return bySid.get(accountSid);
    },
  };
}
