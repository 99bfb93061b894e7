import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a command in its own process group beside a watcher that kills the whole group as soon as its standard input ends: that is
 * when the process that started it stops it, exits, is interrupted, crashes or is killed. No handler has to run for it.
 */
const WATCHED = `
exec 3<&0
"$@" </dev/null 3<&- &
server=$!
{ cat <&3 >/dev/null; kill -KILL 0; } 2>/dev/null &
wait $server
echo "exited with status $?"
kill -KILL 0
`;

const POLL_INTERVAL_MS = 100;
const LOG_TAIL_LINES = 30;

export interface ServerProcessOptions {
  name: string;
  command: string;
  args: readonly string[];
  logFile: string;
  /** Resolves to true once the server can be used. Called again and again until it does. */
  isReady(): Promise<boolean>;
  readyTimeoutMs: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

export interface ServerProcess {
  /** Kills the server and everything that it started, and waits until they are gone. */
  stop(): Promise<void>;
}

/** How often a server is started at most. */
const STARTS_MAX = 3;

/** It ended before it was ready. */
class ServerEndedError extends Error {}

/** Starts a server on ports of its own choice: one that was free a moment ago may be another's by now, and others are chosen then. */
export async function startOnFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let starts = 1; ; starts += 1) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof ServerEndedError) || starts === STARTS_MAX) throw error;
    }
  }
}

/** @throws Error with the end of the server's log when it exits or does not become ready in time */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a');
  const child = spawn('sh', ['-c', WATCHED, options.name, options.command, ...options.args], {
    detached: true,
    stdio: ['pipe', log, log],
    env: options.env ?? process.env,
    cwd: options.cwd,
  });
  closeSync(log);
  let running = true;
  const gone = new Promise<void>((resolve) => {
    child.once('close', () => {
      running = false;
      resolve();
    });
    child.once('error', () => resolve());
  });
  const stop = async () => {
    child.ref();
    child.stdin?.destroy();
    await gone;
  };
  const deadline = Date.now() + options.readyTimeoutMs;
  while (running && Date.now() < deadline) {
    if (await options.isReady().catch(() => false)) {
      child.unref();
      return { stop };
    }
    await sleep(POLL_INTERVAL_MS);
  }
  const [Failure, reason] = running
    ? [Error, `was not ready within ${options.readyTimeoutMs} ms`]
    : [ServerEndedError, 'did not start'];
  await stop();
  throw new Failure(`${options.name} ${reason}; the end of its log:\n${tail(options.logFile)}`);
}

const tail = (file: string) => readFileSync(file, 'utf8').split('\n').slice(-LOG_TAIL_LINES).join('\n');
