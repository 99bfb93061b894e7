import { join } from 'node:path';
import { SettingsError } from '@onrecord/shared/config/settings';
import { describeFailure } from '@onrecord/shared/lifecycle/run-main';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { checkNamedFiles, checkSettings } from './check-settings.ts';
import type { StandaloneConfig } from './config.ts';
import { explainDatabaseError, openDatabase } from './database.ts';
import { lockDataFolder } from './embedded-postgres/data-folder-lock.ts';
import { explainFolderError } from './embedded-postgres/errors.ts';
import { type Flags, parseFlags, USAGE, UsageError } from './flags.ts';
import type { Terminal } from './installation.ts';
import { openLog } from './log.ts';
import { findPortInUse } from './ports.ts';
import { keepReal } from './real-before.ts';
import { openWhisper } from './whisper/open.ts';

const EXIT = { ok: 0, failed: 1, usage: 2 };

/** The whole command. Resolves with the exit status; by then nothing runs any more. */
export async function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<number> {
  let once = false;
  let check = false;
  try {
    const flags = parseFlags(args);
    ({ once, check } = flags);
    if (flags.help) {
      terminal.print(USAGE);
      return EXIT.ok;
    }
    const config = checkSettings(environment, flags.speech);
    if (flags.check) {
      await checkNamedFiles(config);
      terminal.print('the settings can be used');
      return EXIT.ok;
    }
    if (flags.once && config.twilio !== undefined) {
      throw new UsageError(
        '--once ends after the simulated calls, of which there are none with a real Twilio account: leave it out, or unset TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN',
      );
    }
    return await runIn(config, flags, terminal).catch((error) => {
      throw explainFolderError(explainDatabaseError(error, config), config.dataDir);
    });
  } catch (error) {
    // What was to have a result has none.
    if (terminal.interrupted.aborted) return once ? EXIT.failed : EXIT.ok;
    terminal.complain(describeFailure(error));
    // A check that finds something has done what it was asked for, as that of each service.
    const isUsage = error instanceof UsageError || (error instanceof SettingsError && !check);
    return isUsage ? EXIT.usage : EXIT.failed;
  }
}

export const explainCrash = (error: unknown) =>
  `onrecord ended by an error that nobody foresaw: ${describeFailure(error)}`;

async function runIn(config: StandaloneConfig, flags: Flags, terminal: Terminal): Promise<number> {
  const log = await openLog(config.dataDir, config.logLevel, terminal.complain);
  await requirePorts(config);
  // The services are loaded while the database starts.
  const loading = import('./installation.ts');
  loading.catch(() => undefined);
  await using database = await openDatabase(config, log.logger, terminal.interrupted);
  terminal.interrupted.throwIfAborted();
  // The folder is this process's alone by now.
  await keepReal(config);
  await using whisper =
    config.speech === 'whisper' ? await openWhisper(whisperOptions(config, log.logger, terminal)) : undefined;
  const { runInstallation } = await loading;
  return await runInstallation({ flags, config, log, database, whisperUrl: whisper?.url, terminal });
}

const whisperOptions = (config: StandaloneConfig, logger: Logger, { interrupted, print }: Terminal) => ({
  folder: join(config.dataDir, 'whisper'),
  print,
  logger,
  signal: interrupted,
});

/** A second start on the same folder finds the ports taken as well; the folder is the better explanation. */
async function requirePorts(config: StandaloneConfig): Promise<void> {
  const inUse = await findPortInUse(config);
  if (inUse === undefined) return;
  const lock = await lockDataFolder(config.dataDir);
  await lock.release();
  throw inUse;
}
