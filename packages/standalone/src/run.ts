import { SettingsError } from '@onrecord/shared/config/settings';
import { describeFailure } from '@onrecord/shared/lifecycle/run-main';
import { announceNext, announcePlaces, announceStart } from './announce.ts';
import { readConfig, type StandaloneConfig } from './config.ts';
import { runDemo } from './demo/run-demo.ts';
import { type Flags, parseFlags, USAGE, UsageError } from './flags.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { startStandalone } from './standalone.ts';
import { startStory } from './story.ts';

export interface Terminal {
  print(line: string): void;
  complain(line: string): void;
  /** Aborted when the person wants it to end. */
  interrupted: AbortSignal;
}

const EXIT = { ok: 0, failed: 1, usage: 2 };

/** The whole command. Resolves with the exit status; by then nothing runs any more. */
export async function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  terminal: Terminal,
): Promise<number> {
  try {
    const flags = parseFlags(args);
    if (flags.help) {
      terminal.print(USAGE);
      return EXIT.ok;
    }
    const config = readConfig(environment);
    const log = await openLogFile(config.dataDir, config.logLevel, terminal.complain);
    try {
      return await runInstallation(flags, config, log, terminal);
    } finally {
      log.flush();
    }
  } catch (error) {
    if (terminal.interrupted.aborted) return EXIT.ok;
    terminal.complain(describeFailure(error));
    return error instanceof UsageError || error instanceof SettingsError ? EXIT.usage : EXIT.failed;
  }
}

async function runInstallation(
  flags: Flags,
  config: StandaloneConfig,
  log: LogFile,
  terminal: Terminal,
): Promise<number> {
  const startedAt = performance.now();
  const demo = flags.demo && config.twilio === undefined;
  const { logger } = log;
  await using standalone = await startStandalone({ config, demo, logger, signal: terminal.interrupted });
  const { print } = terminal;
  print(announceStart(config, standalone, (performance.now() - startedAt) / 1_000));
  const broken = Promise.withResolvers<Error>();
  await using story = await startStory({ ...standalone, logger, print, onFailure: broken.resolve });
  const failure = Promise.race([standalone.failed, broken.promise]);
  if (demo) {
    const { simulator, recordsApi } = standalone;
    if (simulator === undefined) throw new Error('the demonstration needs the simulated Twilio');
    const { summary, calls } = await runDemo({ simulator, story, recordsApi, print, signal: terminal.interrupted });
    if (flags.once) {
      print(JSON.stringify(summary));
      return summary.ok ? EXIT.ok : EXIT.failed;
    }
    for (const problem of summary.missing ?? []) terminal.complain(`missing: ${problem}`);
    print(announcePlaces(config, standalone, log.path));
    print(announceNext(calls, config.environment));
  } else {
    print(announcePlaces(config, standalone, log.path));
  }
  return await stayUp(failure, terminal);
}

async function stayUp(failure: Promise<Error>, terminal: Terminal): Promise<number> {
  const interrupted = new Promise<undefined>((resolve) => {
    if (terminal.interrupted.aborted) resolve(undefined);
    terminal.interrupted.addEventListener('abort', () => resolve(undefined));
  });
  const end = await Promise.race([failure, interrupted]);
  if (end === undefined) return EXIT.ok;
  terminal.complain(`onrecord cannot go on: ${describeFailure(end)}`);
  return EXIT.failed;
}
