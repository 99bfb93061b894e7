import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A file that lines are appended to. When it is full it becomes `<path>.1`, in place of the earlier one, and starts again. */
export class RotatingFile {
  readonly path: string;
  readonly #bytesMax: number;
  #descriptor: number;
  #bytes: number;

  /** @throws the file system's error when the file cannot be made or written */
  constructor(path: string, bytesMax: number) {
    this.path = path;
    this.#bytesMax = bytesMax;
    this.#descriptor = open(path);
    this.#bytes = fstatSync(this.#descriptor).size;
  }

  /** What cannot be written is dropped: a full disk must not end the process, which keeps what matters elsewhere. */
  write(line: string): void {
    try {
      if (this.#bytes >= this.#bytesMax) this.#startAgain();
      this.#bytes += writeSync(this.#descriptor, line);
    } catch {
      // There is nothing left to say it to.
    }
  }

  #startAgain() {
    renameSync(this.path, `${this.path}.1`);
    const next = open(this.path);
    closeSync(this.#descriptor);
    this.#descriptor = next;
    this.#bytes = 0;
  }
}

const open = (path: string) => openSync(path, 'a', 0o600);
