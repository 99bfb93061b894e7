/** Reads the numbers, texts and bytes of Kafka's record format, one after the other. Source: "Record Batch" in Kafka's protocol guide. */
export class RecordReader {
  readonly #buffer: Buffer;
  offset: number;

  constructor(buffer: Buffer, offset: number) {
    this.#buffer = buffer;
    this.offset = offset;
  }

  /** A zigzag-encoded number of at most 32 bits. */
  varint(): number {
    const buffer = this.#buffer;
    let result = 0;
    let shift = 0;
    let byte = 0;
    do {
      byte = buffer[this.offset] ?? tooShort();
      this.offset += 1;
      result |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return (result >>> 1) ^ -(result & 1);
  }

  /** A zigzag-encoded number of 64 bits, exact up to 2^53: a difference of timestamps, in milliseconds. */
  varlong(): number {
    let result = 0;
    let factor = 1;
    let byte = 0;
    do {
      byte = this.#buffer[this.offset] ?? tooShort();
      this.offset += 1;
      result += (byte & 0x7f) * factor;
      factor *= 0x80;
    } while (byte >= 0x80);
    return result % 2 === 0 ? result / 2 : -(result + 1) / 2;
  }

  /** Bytes after their length; a view of what is read, not a copy. */
  bytes(): Buffer | null {
    const length = this.varint();
    if (length < 0) return null;
    const end = this.#end(length);
    const bytes = this.#buffer.subarray(this.offset, end);
    this.offset = end;
    return bytes;
  }

  text(): string {
    const length = this.varint();
    if (length <= 0) return '';
    const end = this.#end(length);
    const text = this.#buffer.toString('utf8', this.offset, end);
    this.offset = end;
    return text;
  }

  #end(length: number): number {
    const end = this.offset + length;
    return end <= this.#buffer.length ? end : tooShort();
  }
}

function tooShort(): never {
  throw new RangeError('a record of a batch is longer than the batch');
}
