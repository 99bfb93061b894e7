/** Most bytes of a 32-bit number as a varint. */
const VARINT_BYTES_MAX = 5;
const VARLONG_BYTES_MAX = 10;

/** All writers in turn write here: a record is encoded without a pause. It grows to the greatest record so far, 1 MiB at most. */
let scratch = Buffer.allocUnsafe(16 * 1024);

/** Writes the numbers, texts and bytes of Kafka's record format, one after the other, and their length before them. */
export class RecordWriter {
  #offset = VARINT_BYTES_MAX;

  byte(value: number): void {
    this.#reserve(1);
    scratch[this.#offset++] = value;
  }

  /** A number of at most 32 bits, zigzag-encoded. */
  varint(value: number): void {
    this.#reserve(VARINT_BYTES_MAX);
    this.#offset = writeVarint(value, this.#offset);
  }

  /** A whole number up to 2^52, zigzag-encoded. */
  varlong(value: number): void {
    this.#reserve(VARLONG_BYTES_MAX);
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    while (rest >= 0x80) {
      scratch[this.#offset++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    scratch[this.#offset++] = rest;
  }

  /** Bytes, or a text as UTF-8, after their length. */
  content(value: Uint8Array | string | null | undefined): void {
    if (value === null || value === undefined) {
      this.varint(-1);
      return;
    }
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength;
    this.#reserve(VARINT_BYTES_MAX + length);
    this.#offset = writeVarint(length, this.#offset);
    if (typeof value === 'string') scratch.write(value, this.#offset);
    else scratch.set(value, this.#offset);
    this.#offset += length;
  }

  /** A copy of what was written, after its length. */
  finish(): Buffer {
    const length = this.#offset - VARINT_BYTES_MAX;
    const start = VARINT_BYTES_MAX - writeVarint(length, 0);
    writeVarint(length, start);
    return Buffer.from(scratch.subarray(start, this.#offset));
  }

  #reserve(bytes: number): void {
    const needed = this.#offset + bytes;
    if (needed <= scratch.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * scratch.length));
    scratch.copy(larger, 0, 0, this.#offset);
    scratch = larger;
  }
}

/** @returns the offset after it */
function writeVarint(value: number, offset: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let at = offset;
  while (rest >= 0x80) {
    scratch[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  scratch[at++] = rest;
  return at;
}
