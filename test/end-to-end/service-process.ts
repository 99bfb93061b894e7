import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** A service on a busy machine of two cores; in practice one or two seconds. */
const READY_TIMEOUT_MS = 60_000;
const POLL_INTERVAL_MS = 50;
const LOG_LINES_MAX = 200;

/** One part of the installation as its own process, as a container would run it. */
export class ServiceProcess {
  readonly #path: string;
  readonly #environment: Record<string, string>;
  readonly #readyUrl: string;
  readonly #log: string[] = [];
  #child: ChildProcess | undefined;

  /** `path` such as `services/ingest`; `readyUrl` answers 200 once it can be used. */
  constructor(path: string, environment: Record<string, string>, readyUrl: string) {
    this.#path = path;
    this.#environment = environment;
    this.#readyUrl = readyUrl;
  }

  /** Resolves when it can be used, or when it was killed meanwhile. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [`${this.#path}/src/main.ts`], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => this.#remember(text));
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await this.#isReady())) {
      if (child.killed) return;
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        throw new Error(`${this.#path} did not become ready:\n${this.log()}`);
      }
      await sleep(POLL_INTERVAL_MS);
    }
  }

  /** As the kernel does when memory runs out: no handler runs. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As an orchestrator does. Resolves with the exit status. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  log(): string {
    return this.#log.join('');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    child.kill(signal);
    const [status] = await once(child, 'exit');
    return status;
  }

  async #isReady(): Promise<boolean> {
    try {
      const { statusCode, body } = await request(this.#readyUrl, { headersTimeout: 5_000 });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }

  #remember(text: Buffer) {
    this.#log.push(text.toString());
    if (this.#log.length > LOG_LINES_MAX) this.#log.shift();
  }
}
