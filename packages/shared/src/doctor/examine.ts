import { type AccountClient, createAccountClient } from '../twilio/account-client.ts';
import { credentialsOf, type TwilioAccount } from '../twilio/accounts.ts';
import type { OwnedNumber } from './domain/facts.ts';
import { type Finding, failed } from './domain/finding.ts';
import { judgeClock, judgeCredentials, judgeHost, judgeStatus } from './domain/judge-account.ts';
import { judgeSenders } from './domain/judge-messages.ts';
import { judgeCallerIds, judgeNumbers, judgeVoice, numbersHere } from './domain/judge-numbers.ts';
import { judgeRecordings } from './domain/judge-recordings.ts';
import { examineAddress } from './examine-address.ts';
import { inGroups } from './in-groups.ts';
import type { Network } from './probe-address.ts';

/** What is examined: each account, and each public address with the tokens of all. */
export interface Examined {
  accounts: readonly TwilioAccount[];
  /** The account that the environment names; the others are of ACCOUNTS_FILE. */
  ownSid: string;
  /** Without a trailing slash. */
  baseUrls: readonly string[];
  /** Whether /voice/inbound answers. */
  hasVoiceApplication: boolean;
  reconciles: boolean;
  callerIds: readonly string[];
  /** Numbers and messaging services that text messages are sent from. */
  senders: readonly string[];
}

interface Looked {
  findings: Finding[];
  /** Absent where Twilio did not list them. */
  listed?: { numbers: readonly OwnedNumber[]; verified: readonly string[] };
}

/** Asks Twilio and the public addresses, each request with a time-out of its own. Never throws for what it finds. */
export async function examine(examined: Examined, network: Network, now: () => Date): Promise<Finding[]> {
  const { accounts, baseUrls } = examined;
  const [looked, addresses] = await Promise.all([
    inGroups(accounts, (account) => lookAt(account, examined, now)),
    Promise.all(baseUrls.map((baseUrl) => examineAddress(baseUrl, accounts, network, now))),
  ]);
  const of = (at: number, findings: Finding[]) =>
    accounts.length === 1
      ? findings
      : findings.map((each) => ({ ...each, check: `${accounts[at]?.accountSid} ${each.check}` }));
  const lists = looked.flatMap(({ listed }) => listed ?? []);
  const isHere = ({ listed }: Looked) => numbersHere(listed?.numbers ?? [], baseUrls).length > 0;
  // A call is dialled on by the account it came in on: of an account that brings none, no caller ID is asked.
  const calling = looked.some(isHere) ? isHere : () => true;
  return [
    ...(looked.some(isHere) || lists.length === accounts.length
      ? judgeVoice(
          lists.flatMap(({ numbers }) => numbers),
          examined,
        )
      : []),
    ...looked.flatMap((each, at) =>
      of(at, [...each.findings, ...(calling(each) ? judgeDialling(each, examined) : [])]),
    ),
    ...addresses.flat(),
  ];
}

function judgeDialling({ listed }: Looked, { callerIds, senders }: Examined): Finding[] {
  if (listed === undefined) return [];
  const owned = listed.numbers.map((each) => each.phoneNumber);
  return [...judgeCallerIds(callerIds, owned, listed.verified), ...judgeSenders(senders, listed.numbers)];
}

async function lookAt(account: TwilioAccount, examined: Examined, now: () => Date): Promise<Looked> {
  const { accountSid, apiUrl, apiKey } = account;
  const retired = judgeHost(apiUrl);
  if (retired !== undefined) return { findings: [retired] };
  const client = createAccountClient(credentialsOf(account));
  const asked = client.account().then((answer) => ({ answer, answeredAt: now() }));
  const [{ answer: itself, answeredAt }, numbers, callerIds] = await Promise.all([
    asked,
    client.numbers(),
    client.callerIds(),
  ]);
  const source = accountSid === examined.ownSid ? 'environment' : 'file';
  const findings = [judgeCredentials('auth token', source, apiUrl, itself)];
  if (apiKey !== undefined) findings.push(judgeCredentials('API key', source, apiUrl, numbers));
  if (itself.kind === 'answered') findings.push(judgeStatus(itself.body.status));
  if (itself.kind !== 'unreachable') findings.push(judgeClock(itself.date, answeredAt));
  if (numbers.kind !== 'answered' || callerIds.kind !== 'answered') {
    findings.push(failed('numbers', 'cannot be listed', 'see what is said of the credentials'));
    return { findings };
  }
  findings.push(
    ...judgeNumbers(numbers.body, examined),
    ...judgeRecordings({ trunks: await recordingModes(client, numbers.body), reconciles: examined.reconciles }),
  );
  return { findings, listed: { numbers: numbers.body, verified: callerIds.body } };
}

async function recordingModes(client: AccountClient, numbers: readonly { trunkSid: string }[]) {
  const modes = new Map<string, string | undefined>();
  for (const sid of new Set(numbers.map((each) => each.trunkSid).filter((each) => each !== ''))) {
    const answer = await client.trunkRecording(sid);
    modes.set(sid, answer.kind === 'answered' ? answer.body.mode : undefined);
  }
  return modes;
}
