import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processIdentity } from '@onrecord/standalone/embedded-postgres/process-identity';
import { freePorts } from '../servers/free-ports.ts';

const ROOT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };

export type Environment = Readonly<Record<string, string>>;

/** A folder and ports for starts of the standalone, which a person would choose by the same settings. */
export async function standalonePlace(): Promise<{
  folder: string;
  environment: Environment;
  remove(): Promise<void>;
}> {
  const parent = await mkdtemp(join(tmpdir(), 'onrecord-standalone-'));
  const folder = join(parent, 'data');
  const [port, recordsApiPort] = await freePorts(2);
  return {
    folder,
    environment: {
      ONRECORD_DATA_DIR: folder,
      PORT: String(port),
      RECORDS_API_PORT: String(recordsApiPort),
      METRICS_PORT: '0',
    },
    remove: () => rm(parent, { recursive: true, force: true }),
  };
}

/** What `pnpm start` runs, in a process group of its own, as a terminal gives it one. */
export class StandaloneCommand {
  readonly process: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #closed: Promise<unknown>;

  /** `prefix` is a command that runs the command that follows it, such as `env`. */
  constructor(args: readonly string[], environment: Environment, prefix: readonly string[] = []) {
    const [file = '', ...rest] = [...prefix, 'sh', '-c', `${scripts.start} ${args.join(' ')}`];
    this.process = spawn(file, rest, {
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process.stdout?.on('data', (text) => {
      this.stdout += text;
    });
    this.process.stderr?.on('data', (text) => {
      this.stderr += text;
    });
    this.#closed = once(this.process, 'close');
  }

  /** Waits until this was printed; throws with what was printed instead when the command ends before. */
  async until(text: string | RegExp): Promise<void> {
    const wanted = typeof text === 'string' ? (all: string) => all.includes(text) : (all: string) => text.test(all);
    while (!wanted(this.stdout)) {
      const { stdout } = this.process;
      // Ended by a signal, it has no exit code.
      if (this.process.exitCode !== null || this.process.signalCode !== null || stdout === null) {
        throw new Error(`ended before it printed ${text}:\n${this.stdout}\n${this.stderr}`);
      }
      await Promise.race([once(stdout, 'data'), this.#closed]);
    }
  }

  /** To the whole process group, as Ctrl-C is. */
  signal(signal: NodeJS.Signals): void {
    process.kill(-(this.process.pid ?? 0), signal);
  }

  async status(): Promise<number | null> {
    await this.#closed;
    return this.process.exitCode;
  }
}

/** Runs a command to its end and says how it ended. */
export async function runStandalone(args: readonly string[], environment: Environment, prefix?: readonly string[]) {
  const command = new StandaloneCommand(args, environment, prefix);
  const status = await command.status();
  return { status, stdout: command.stdout, stderr: command.stderr };
}

/** Runs a line as a person pastes it into another terminal; resolves with what it printed. @throws when it fails */
export function paste(line: string, environment: Environment = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...environment };
    execFile('sh', ['-c', line], { cwd: ROOT, env }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${line} failed: ${stdout}${stderr}`, { cause: error }));
      else resolve(stdout);
    });
  });
}

/** The embedded server of a data folder. Source: its `postmaster.pid`, first line. */
export async function postgresPid(folder: string): Promise<number> {
  return Number.parseInt(await readFile(join(folder, 'postgres/cluster/postmaster.pid'), 'utf8'), 10);
}

/** A killed server whose parent is gone may stay a zombie, which is no process any more. */
export const isRunning = async (pid: number) => (await processIdentity(pid)) !== undefined;
