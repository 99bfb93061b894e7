import { checkEventLogFiles, type EventLogOptions } from '../event-log/open.ts';
import { createLogger } from '../telemetry/logger.ts';
import { readAccounts, type WatchAccountsOptions } from '../twilio/watch-accounts.ts';

interface NamingFiles {
  logLevel: string;
  accounts: Pick<WatchAccountsOptions, 'file' | 'own'>;
  eventLog: Omit<EventLogOptions, 'clientId' | 'logger'>;
}

/**
 * Reads the files that the settings of every service name, as a start does, for `--check`.
 * @throws SettingsError as the start would
 */
export async function checkFiles(service: string, { accounts, eventLog, logLevel }: NamingFiles): Promise<void> {
  const logger = createLogger({ service, level: logLevel });
  if (accounts.file !== undefined) await readAccounts(accounts.file, accounts.own, logger);
  await checkEventLogFiles({ ...eventLog, clientId: service, logger });
}
