import { type AccountClient, type AccountCredentials, createAccountClient } from '../twilio/account-client.ts';
import { type Finding, failed } from './domain/finding.ts';
import { judgeClock, judgeCredentials, judgeHost, judgeStatus } from './domain/judge-account.ts';
import { judgeAddress } from './domain/judge-address.ts';
import { judgeCallerIds, judgeNumbers } from './domain/judge-numbers.ts';
import { judgeRecordings } from './domain/judge-recordings.ts';
import { type Network, probeAddress } from './probe-address.ts';

/** What is examined: each account, and each public address with the token of the first. */
export interface Examined {
  accounts: readonly [AccountCredentials, ...AccountCredentials[]];
  /** Without a trailing slash. */
  baseUrls: readonly string[];
  /** Whether /voice/inbound answers. */
  hasVoiceApplication: boolean;
  reconciles: boolean;
  callerIds: readonly string[];
}

/** Asks Twilio and the public addresses, all at once, each request with a time-out of its own. Never throws for what it finds. */
export async function examine(examined: Examined, network: Network, now: () => Date): Promise<Finding[]> {
  const { accounts, baseUrls } = examined;
  const several = accounts.length > 1;
  const found = await Promise.all([
    ...accounts.map(async (account) => {
      const findings = await examineAccount(account, examined, now);
      return several ? findings.map((each) => ({ ...each, check: `${account.accountSid} ${each.check}` })) : findings;
    }),
    ...baseUrls.map(async (baseUrl) =>
      judgeAddress(await probeAddress(baseUrl, accounts[0].authToken, network), now()),
    ),
  ]);
  return found.flat();
}

async function examineAccount(account: AccountCredentials, examined: Examined, now: () => Date): Promise<Finding[]> {
  const { apiUrl, apiKey } = account;
  const retired = judgeHost(apiUrl);
  if (retired !== undefined) return [retired];
  const client = createAccountClient(account);
  const asked = client.account().then((answer) => ({ answer, answeredAt: now() }));
  const [{ answer: itself, answeredAt }, numbers, callerIds] = await Promise.all([
    asked,
    client.numbers(),
    client.callerIds(),
  ]);
  const findings = [judgeCredentials('auth token', apiUrl, itself)];
  if (apiKey !== undefined) findings.push(judgeCredentials('API key', apiUrl, numbers));
  if (itself.kind === 'answered') findings.push(judgeStatus(itself.body.status));
  if (itself.kind !== 'unreachable') findings.push(judgeClock(itself.date, answeredAt));
  if (numbers.kind !== 'answered' || callerIds.kind !== 'answered') {
    return [...findings, failed('numbers', 'cannot be listed', 'see what is said of the credentials')];
  }
  const owned = numbers.body.map((each) => each.phoneNumber);
  return [
    ...findings,
    ...judgeNumbers(numbers.body, examined),
    ...judgeCallerIds(examined.callerIds, owned, callerIds.body),
    ...judgeRecordings({ trunks: await recordingModes(client, numbers.body), reconciles: examined.reconciles }),
  ];
}

async function recordingModes(client: AccountClient, numbers: readonly { trunkSid: string }[]) {
  const modes = new Map<string, string>();
  for (const sid of new Set(numbers.map((each) => each.trunkSid).filter((each) => each !== ''))) {
    const answer = await client.trunkRecording(sid);
    if (answer.kind === 'answered') modes.set(sid, answer.body.mode);
  }
  return modes;
}
