import { readFile } from 'node:fs/promises';
import { SettingsError } from '../config/settings.ts';
import { explainFile } from '../file-system/explain-file.ts';
import type { TwilioAccount } from '../twilio/accounts.ts';
import { readAccounts } from '../twilio/watch-accounts.ts';
import { type Finding, failed, warning } from './domain/finding.ts';
import { judgeMessaging } from './domain/judge-messages.ts';
import type { DoctorSettings } from './settings.ts';
import { type VoiceFileNumbers, voiceFileNumbers } from './voice-file-numbers.ts';

type Files = Pick<VoiceFileNumbers, 'callerIds' | 'senders'> & {
  accounts: readonly TwilioAccount[];
  findings: readonly Finding[];
};

/** What ACCOUNTS_FILE and VOICE_FILE hold. A file that cannot be used is a finding, and the rest is examined without it. */
export async function readFiles(settings: DoctorSettings): Promise<Files> {
  const findings: Finding[] = [];
  const accounts = await accountsOf(settings, findings);
  const numbers = await numbersOf(settings.voiceFile, findings);
  findings.push(...judgeMessaging(numbers.asksForMessages, settings.sendsMessages));
  return { accounts, callerIds: numbers.callerIds, senders: numbers.senders, findings };
}

async function accountsOf({ accountsFile, own }: DoctorSettings, findings: Finding[]) {
  if (accountsFile === undefined) return [own];
  const warn = ({ remedy }: { remedy?: string }, message: string) =>
    void findings.push(warning('ACCOUNTS_FILE', message, remedy ?? ''));
  try {
    return (await readAccounts(accountsFile, own, { warn })).accounts;
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    findings.push(failed('ACCOUNTS_FILE', error.message, 'mend the file: ingest does not start with it'));
    return [own];
  }
}

async function numbersOf(path: string | undefined, findings: Finding[]): Promise<VoiceFileNumbers> {
  const none = { callerIds: [], senders: [], asksForMessages: false };
  if (path === undefined) return none;
  try {
    const numbers = voiceFileNumbers(JSON.parse(await readFile(path, 'utf8')));
    if (numbers !== undefined) return numbers;
    findings.push(failed('VOICE_FILE', `${path} is no voice file`, 'write it as docs/voice.md says'));
  } catch (error) {
    const [seen, remedy] =
      error instanceof SyntaxError
        ? [`${path} is not JSON`, 'mend it']
        : [`${path} cannot be read (${explainFile(error)})`, 'give the path of a file that this process may read'];
    findings.push(failed('VOICE_FILE', seen, remedy));
  }
  return none;
}
