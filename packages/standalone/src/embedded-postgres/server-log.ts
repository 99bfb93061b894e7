import { closeSync, copyFileSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';

/** A server that is well writes a few lines a day. */
const LOG_BYTES_MAX = 4 * 1024 * 1024;
const CHECK_INTERVAL_MS = 60_000;
const TAIL_LINES = 8;

/**
 * What the server writes, in a file of bounded size: when it is full it becomes `<path>.1` and starts again. The server appends to
 * an open file, so the file is copied and emptied instead of renamed.
 */
export class ServerLog {
  readonly path: string;
  readonly #bytesMax: number;
  readonly #timer: NodeJS.Timeout;

  constructor(path: string, bytesMax = LOG_BYTES_MAX) {
    this.path = path;
    this.#bytesMax = bytesMax;
    this.bound();
    this.#timer = setInterval(() => this.bound(), CHECK_INTERVAL_MS);
    this.#timer.unref();
  }

  /** A file descriptor for the server's output; the caller closes it. */
  open(): number {
    return openSync(this.path, 'a', 0o600);
  }

  bound() {
    try {
      if (statSync(this.path).size <= this.#bytesMax) return;
      copyFileSync(this.path, `${this.path}.1`);
      truncateSync(this.path);
    } catch {
      // Not there yet, or the disk is full: the next check tries again.
    }
  }

  /** Where the next line will begin, for `tail`. */
  position(): number {
    const descriptor = this.open();
    closeSync(descriptor);
    return statSync(this.path).size;
  }

  /** The last lines that were written since a position. */
  tail(since: number): string {
    const text = readFileSync(this.path).subarray(since).toString().trim();
    return text.split('\n').slice(-TAIL_LINES).join('\n');
  }

  close() {
    clearInterval(this.#timer);
  }
}
