import { openSync } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { type DestinationStream, type Logger, pino } from 'pino';

/** A longer file makes way for a new one when the process starts; one old file is kept. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;

export interface LogFile {
  logger: Logger;
  path: string;
  flush(): void;
}

/**
 * Logs as JSON lines into the data folder, which is created if need be; warnings and errors also go to `print`, a plain line each.
 * @throws the file system's error when the folder cannot be made or written
 */
export async function openLogFile(dataDir: string, level: string, print: (line: string) => void): Promise<LogFile> {
  const path = join(dataDir, 'onrecord.log');
  await mkdir(dataDir, { recursive: true });
  const bytes = await stat(path)
    .then(({ size }) => size)
    .catch(() => 0);
  if (bytes > LOG_BYTES_MAX) await rename(path, `${path}.1`);
  // Opened here, so that a folder that cannot be written is told as such.
  const file = pino.destination({ dest: openSync(path, 'a', 0o600), sync: true });
  // A full disk must not end the process: what it does is durable elsewhere.
  file.on('error', () => {});
  const destination = pino.multistream(
    [
      { level: 'trace' as const, stream: file },
      { level: 'warn' as const, stream: plainLines(print) },
    ],
    { dedupe: false },
  );
  const logger = createLogger({ service: 'standalone', level, destination });
  return { logger, path, flush: () => flush(file) };
}

const plainLines = (print: (line: string) => void): DestinationStream => ({
  write(text: string) {
    const { service, msg, reason, remedy, err } = JSON.parse(text);
    const why = [reason ?? err?.message, remedy].filter(Boolean).join('; ');
    print(`  ! ${service}: ${msg}${why ? ` (${why})` : ''}`);
  },
});

function flush(file: ReturnType<typeof pino.destination>) {
  try {
    file.flushSync();
  } catch {
    // The file was never opened, or its disk is full: there is nothing left to say it to.
  }
}
