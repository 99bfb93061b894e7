import { join } from 'node:path';
import { makeFolders } from '@onrecord/shared/file-system/make-folders';
import { createLogger, type Logger } from '@onrecord/shared/telemetry/logger';
import { type DestinationStream, pino } from 'pino';
import { RotatingFile } from './rotating-file.ts';

/** Some 100,000 lines; one earlier file of the same size is kept. */
const LOG_BYTES_MAX = 20 * 1024 * 1024;

export interface Log {
  /** Of what the standalone itself has to say. */
  logger: Logger;
  /** Of one of its services. */
  named(service: string): Logger;
  /** Whether warnings and errors are told to the person as well, a plain line each. Not at first. */
  telling: boolean;
}

/**
 * Logs as JSON lines into the data folder, which is created if need be.
 * @throws the file system's error when the folder cannot be made or written
 */
export async function openLog(dataDir: string, level: string, print: (line: string) => void): Promise<Log> {
  await makeFolders(dataDir);
  const destination = pino.multistream(
    [
      { level: 'trace' as const, stream: new RotatingFile(join(dataDir, 'onrecord.log'), LOG_BYTES_MAX) },
      { level: 'warn' as const, stream: plainLines((line) => log.telling && print(line)) },
    ],
    { dedupe: false },
  );
  const root = createLogger({ level, destination });
  const named = (service: string) => root.child({ service });
  const log: Log = { logger: named('standalone'), named, telling: false };
  return log;
}

/** What is tried again every second is told once in this time. */
const REPEAT_AFTER_MS = 60_000;

function plainLines(print: (line: string) => unknown): DestinationStream {
  const told = new Map<string, number>();
  return {
    write(text: string) {
      const { service, msg, reason, remedy, err } = JSON.parse(text);
      const why = [reason ?? err?.message, remedy].filter(Boolean).join('; ');
      const line = `  ! ${service}: ${msg}${why ? ` (${why})` : ''}`;
      const now = performance.now();
      for (const [earlier, at] of told) if (now - at > REPEAT_AFTER_MS) told.delete(earlier);
      if (told.has(line)) return;
      told.set(line, now);
      print(line);
    },
  };
}
