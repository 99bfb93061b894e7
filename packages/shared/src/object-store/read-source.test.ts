import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readSource } from './read-source.ts';

const unaborted = () => new AbortController().signal;
const chunksOf = async (source: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe('reading a source', () => {
  it('hands on every chunk, of streams, generators and bytes', async () => {
    const generator = (async function* () {
      yield Buffer.from('a');
      yield Buffer.from('b');
    })();
    expect(await chunksOf(readSource(generator, unaborted()))).toBe('ab');
    expect(await chunksOf(readSource(Readable.from([Buffer.from('a')]), unaborted()))).toBe('a');
    expect(await chunksOf(readSource(Buffer.from('abc'), unaborted()))).toBe('abc');
  });

  it('asks for a chunk only when the previous one has been dealt with', async () => {
    let asked = 0;
    const source = (async function* () {
      for (;;) {
        asked += 1;
        yield Buffer.from('x');
      }
    })();
    let seen = 0;
    for await (const _ of readSource(source, unaborted())) {
      seen += 1;
      await new Promise(setImmediate);
      expect(asked).toBe(seen);
      if (seen === 5) break;
    }
  });

  it('ends with the reason of the signal although the source hangs', async () => {
    const control = new AbortController();
    const hanging = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const reading = chunksOf(readSource(hanging, control.signal));
    const reason = new Error('enough');
    control.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('destroys a stream that it leaves early, which frees its connection', async () => {
    const control = new AbortController();
    const stream = new Readable({ read() {} });
    const reading = chunksOf(readSource(stream, control.signal));
    control.abort(new Error('enough'));
    await expect(reading).rejects.toThrow('enough');
    expect(stream.destroyed).toBe(true);
  });

  it('lets a generator that it leaves early clean up', async () => {
    let isClosed = false;
    const source = (async function* () {
      try {
        for (;;) yield Buffer.from('x');
      } finally {
        isClosed = true;
      }
    })();
    for await (const _ of readSource(source, unaborted())) break;
    await new Promise(setImmediate);
    expect(isClosed).toBe(true);
  });
});
