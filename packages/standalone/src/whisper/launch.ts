import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { WhisperUnavailableError } from './errors.ts';

const SERVER = join(import.meta.dirname, '../../whisper/server.py');
/** Far longer than loading takes on an idle machine. */
const READY_TIMEOUT_MS = 120_000;
/** It stops in the middle of what it does; longer means that it hangs. */
const STOP_TIMEOUT_MS = 5_000;
const LOG_CHARACTERS_SHOWN = 500;

export interface LaunchOptions {
  /** Of the environment that it is installed in. */
  python: string;
  /** What it says of failed requests goes here. */
  logFile: string;
  signal: AbortSignal;
  /** 0 for any free one. */
  port: number;
}

export interface WhisperProcess {
  url: string;
  pid: number;
  /** Resolves when it has ended. */
  ended: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the server on 127.0.0.1. It ends when this process does, however that ends, because it reads a pipe from it; a Ctrl-C at the
 * terminal does not reach it, so that what is in flight can be finished.
 * @throws WhisperUnavailableError with its last words; the signal's reason
 */
export async function launchWhisper({ logFile, port, python, signal }: LaunchOptions): Promise<WhisperProcess> {
  const log = openSync(logFile, 'w', 0o600);
  const args = ['-u', SERVER, '--until-stdin-ends', '--port', String(port)];
  const child = spawn(python, args, { stdio: ['pipe', 'pipe', log], detached: true });
  closeSync(log);
  child.stdin?.on('error', () => {});
  const ended = once(child, 'close').then(
    () => {},
    () => {},
  );
  const stop = async () => {
    child.stdin?.destroy();
    const killing = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(killing);
  };
  const ready = Promise.withResolvers<string | undefined>();
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    const address = /^listening on (http:\S+)$/.exec(line)?.[1];
    if (address !== undefined) ready.resolve(address);
  });
  const timer = setTimeout(() => ready.resolve(undefined), READY_TIMEOUT_MS);
  const giveUp = () => ready.resolve(undefined);
  signal.addEventListener('abort', giveUp, { once: true });
  void ended.then(giveUp);
  const url = await ready.promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', giveUp);
  if (url !== undefined) return { url, pid: child.pid ?? 0, ended, stop };
  await stop();
  signal.throwIfAborted();
  const said = (await readFile(logFile, 'utf8').catch(() => '')).trim().slice(-LOG_CHARACTERS_SHOWN);
  throw new WhisperUnavailableError(`the local Whisper does not start (${said.split('\n').at(-1)}): see ${logFile}`);
}
