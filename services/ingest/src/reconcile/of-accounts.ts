import type { TwilioAccount, TwilioAccounts } from '@onrecord/shared/twilio/accounts';

export interface OfAccounts {
  accounts: Pick<TwilioAccounts, 'all'>;
  /** Begins to work for an account, until closed. */
  start(account: TwilioAccount): { close(): Promise<void> };
}

/** A changed file is acted on within so long, in milliseconds; looking costs a comparison. */
const LOOK_MS = 1_000;

/** Works for each configured account by itself: begins when one is added, ends when it is removed, anew when its credentials change. */
export function workForAccounts({ accounts, start }: OfAccounts): { close(): Promise<void> } {
  const running = new Map<string, { close(): Promise<void> }>();
  const ending = new Set<Promise<void>>();
  let seen: readonly TwilioAccount[] = [];
  const end = (key: string) => {
    const ended = running.get(key)?.close() ?? Promise.resolve();
    running.delete(key);
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
  };
  const look = () => {
    const current = accounts.all();
    if (current === seen) return;
    seen = current;
    const wanted = new Map(current.map((account) => [JSON.stringify(account), account]));
    for (const key of running.keys()) if (!wanted.has(key)) end(key);
    for (const [key, account] of wanted) if (!running.has(key)) running.set(key, start(account));
  };
  look();
  const looking = setInterval(look, LOOK_MS).unref();
  return {
    close: async () => {
      clearInterval(looking);
      for (const key of [...running.keys()]) end(key);
      await Promise.all(ending);
    },
  };
}
