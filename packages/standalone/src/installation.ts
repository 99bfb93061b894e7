import { describeFailure } from '@onrecord/shared/lifecycle/run-main';
import { aborted } from './aborted.ts';
import { announceNext, announcePlaces, announceStart, onrecordCommand } from './announce.ts';
import type { StandaloneConfig } from './config.ts';
import type { Database } from './database.ts';
import { runDemo } from './demo/run-demo.ts';
import type { Flags } from './flags.ts';
import type { Log } from './log.ts';
import { type Standalone, startStandalone } from './standalone.ts';
import { type Story, startStory } from './story.ts';

/** Where the person is. */
export interface Terminal {
  print(line: string): void;
  complain(line: string): void;
  /** Aborted when the person wants it to end. */
  interrupted: AbortSignal;
}

export interface InstallationOptions {
  flags: Flags;
  config: StandaloneConfig;
  log: Log;
  database: Database;
  whisperUrl: string | undefined;
  terminal: Terminal;
}

const EXIT = { ok: 0, failed: 1 };

/** Runs all services until it is over; resolves with the exit status when they have stopped. */
export async function runInstallation(options: InstallationOptions): Promise<number> {
  const { flags, config, log, database, terminal, whisperUrl } = options;
  const { logger, named } = log;
  const { print, interrupted: signal } = terminal;
  const demo = flags.demo && config.twilio === undefined;
  await using standalone = await startStandalone({ config, database, whisperUrl, demo, logger, named, signal });
  const broken = Promise.withResolvers<Error>();
  await using story = await startStory({
    ...standalone,
    logger,
    onrecord: onrecordCommand(config),
    print,
    onFailure: broken.resolve,
  });
  // A start that fails is told in its own line, and needs none of what it broke on its way.
  log.telling = true;
  print(announceStart(config, standalone, demo, performance.now() / 1_000));
  const places = announcePlaces(config, standalone);
  const failed = abortedBy(Promise.race([database.failed, standalone.failed, broken.promise]));
  if (!demo) print(places);
  const status = demo ? await demonstrate(options, standalone, story, places, failed) : EXIT.ok;
  if (!flags.once) await aborted(AbortSignal.any([signal, failed]));
  if (!failed.aborted) return status;
  log.telling = false;
  terminal.complain(`onrecord cannot go on: ${describeFailure(failed.reason)}`);
  return EXIT.failed;
}

/** Places the simulated calls; what `--once` prints last is one JSON object. */
async function demonstrate(
  { flags, config, terminal }: InstallationOptions,
  { simulator, recordsApi }: Standalone,
  story: Story,
  places: string,
  failed: AbortSignal,
): Promise<number> {
  const { print, complain, interrupted } = terminal;
  if (simulator === undefined) throw new Error('the demonstration needs the simulated Twilio');
  const { summary, calls } = await runDemo({ simulator, story, recordsApi, print, interrupted, failed });
  if (flags.once) {
    print(JSON.stringify(summary));
    return summary.ok ? EXIT.ok : EXIT.failed;
  }
  if (interrupted.aborted || failed.aborted) return EXIT.ok;
  for (const problem of summary.missing ?? []) complain(`missing: ${problem}`);
  print(places);
  print(announceNext(calls, config));
  return EXIT.ok;
}

function abortedBy(failure: Promise<Error>): AbortSignal {
  const controller = new AbortController();
  void failure.then((error) => controller.abort(error));
  return controller.signal;
}
