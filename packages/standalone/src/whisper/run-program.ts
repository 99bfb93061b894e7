import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** As much of what a program complained about as a person is shown. */
const COMPLAINT_CHARACTERS_MAX = 2_000;

export interface ProgramResult {
  /** Null when a signal ended it, and where it is not there. */
  status: number | null;
  stdout: string;
  /** The end of it. */
  stderr: string;
}

export interface ProgramOptions {
  signal: AbortSignal;
  onLine?: (line: string) => void;
}

/** Runs a program to its end. @throws the signal's reason when it is aborted; the program has ended by then */
export async function runProgram(
  command: string,
  args: readonly string[],
  { onLine, signal }: ProgramOptions,
): Promise<ProgramResult> {
  signal.throwIfAborted();
  const env = { ...process.env, PYTHONUNBUFFERED: '1', PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const stop = () => void child.kill();
  signal.addEventListener('abort', stop, { once: true });
  let stdout = '';
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    stdout = `${stdout}${line}\n`.slice(-COMPLAINT_CHARACTERS_MAX);
    onLine?.(line);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-COMPLAINT_CHARACTERS_MAX);
  });
  child.on('error', (error) => {
    stderr = error.message;
  });
  const [status] = (await once(child, 'close').catch((error: Error) => {
    stderr = error.message;
    return [null];
  })) as [number | null];
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return { status, stdout, stderr };
}
