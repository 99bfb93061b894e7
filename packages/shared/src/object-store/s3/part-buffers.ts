import { releaseChunk } from '../release-chunk.ts';

/** The buffers of one upload: at most `count` are out at once, and whoever wants another one waits. */
export class PartBuffers {
  readonly #count: number;
  readonly #signal: AbortSignal;
  #free: Buffer[] = [];
  #out = 0;
  #wake: (() => void) | undefined;

  /** @param signal ends the waiting, since a part that failed never gives its buffer back */
  constructor(count: number, signal: AbortSignal) {
    this.#count = count;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  /** A buffer of exactly `bytes`, with whatever was in it before. One caller may wait at a time. @throws the signal's reason */
  async acquire(bytes: number): Promise<Buffer> {
    while (this.#out >= this.#count) {
      this.#signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#signal.throwIfAborted();
    this.#out += 1;
    const free = this.#free.pop();
    return free?.byteLength === bytes ? free : Buffer.allocUnsafeSlow(bytes);
  }

  /** Only for a buffer that nothing reads from any more. */
  giveBack(buffer: Buffer): void {
    this.#out -= 1;
    this.#free.push(buffer);
    this.#wake?.();
  }

  /** Frees what was given back, without waiting for the garbage collector. */
  dispose(): void {
    for (const buffer of this.#free) releaseChunk(buffer);
    this.#free = [];
  }
}
