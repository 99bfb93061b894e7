import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { type InstallOptions, installWhisper } from './install.ts';
import { launchWhisper } from './launch.ts';

/** Something that ends again and again must not keep the machine busy. */
const RESTART_DELAY_MS = 2_000;

export interface Whisper extends AsyncDisposable {
  url: string;
}

export interface OpenWhisperOptions extends InstallOptions {
  logger: Logger;
}

/**
 * A local Whisper behind `/v1/audio/transcriptions`: installed if need be, and started again, at the same address, when it ends by itself.
 * @throws WhisperUnavailableError; the signal's reason
 */
export async function openWhisper({ logger, ...options }: OpenWhisperOptions): Promise<Whisper> {
  const python = await installWhisper(options);
  const logFile = join(options.folder, 'whisper.log');
  let current = await launchWhisper({ python, logFile, signal: options.signal, port: 0 });
  const { url } = current;
  const stopping = new AbortController();
  const launchAgain = { python, logFile, signal: stopping.signal, port: Number(new URL(url).port) };
  const watch = async () => {
    while (!stopping.signal.aborted) {
      await current.ended;
      if (stopping.signal.aborted) return;
      logger.warn('the local Whisper has ended and is started again');
      try {
        await sleep(RESTART_DELAY_MS, undefined, { signal: stopping.signal });
        current = await launchWhisper(launchAgain);
      } catch (error) {
        if (!stopping.signal.aborted) logger.error({ err: error }, 'the local Whisper could not be started again');
      }
    }
  };
  const watching = watch();
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await current.stop();
      await watching;
      // One that was started again at this very moment.
      await current.stop();
    },
  };
}
