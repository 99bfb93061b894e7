import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { RecordedAnswer } from '../spending/send-recorded.ts';
import { MediaStoreInMemory } from '../testing/media-store.ts';
import { wav } from '../testing/wav.ts';
import { type ProviderLeg, startProviderLeg } from './provider-leg.ts';
import { relayMedia } from './relay-media.ts';

const recording = { accountSid: 'AC', recordingSid: 'RE', channels: 1, format: 'wav' } as const;
const keys = { wav: 'media.wav', mp3: 'media.mp3' };
const answer: RecordedAnswer = { body: Buffer.from('{}'), requestId: 'r1', requests: [] };
const audio = wav({ seconds: 30 });
const PIECE_BYTES = 4_096;

async function* inPieces(bytes: Buffer, failAfter = Number.POSITIVE_INFINITY) {
  for (let offset = 0; offset < bytes.length; offset += PIECE_BYTES) {
    if (offset >= failAfter) throw new Error('the source broke');
    yield Buffer.from(bytes.subarray(offset, offset + PIECE_BYTES));
    await new Promise(setImmediate);
  }
}

/** Relays `audio` into memory, with a leg that `send` drains. */
async function relay(
  send: (stream: Readable, signal: AbortSignal) => Promise<RecordedAnswer>,
  { body = inPieces(audio), lagBytesMax = 64 * 1024, store = new MediaStoreInMemory() } = {},
) {
  let leg: ProviderLeg | undefined;
  let highest = 0;
  const source = {
    open: async () => ({
      body: watched(body, () => {
        highest = Math.max(highest, leg?.bufferedBytes() ?? 0);
      }),
      contentLength: undefined,
    }),
  };
  const beside = () => {
    leg = startProviderLeg(lagBytesMax, send);
    return leg;
  };
  const stored = relayMedia(recording, keys, { source, store, beside }, new AbortController().signal);
  const archive = await stored.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  return { archive, outcome: await leg?.outcome, store, highest };
}

async function* watched(body: AsyncIterable<Buffer>, look: () => void) {
  for await (const piece of body) {
    yield piece;
    look();
  }
}

const never = (_stream: Readable, signal: AbortSignal) =>
  new Promise<RecordedAnswer>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('a relay to the store and a provider', () => {
  it('gives both the same bytes in one pass', async () => {
    let received = Buffer.alloc(0);
    const { archive, outcome, store } = await relay(async (stream) => {
      received = await buffer(stream);
      return answer;
    });
    expect(archive).toMatchObject({ result: { media: { bytes: audio.length }, durationSeconds: 30 } });
    expect(outcome).toEqual({ kind: 'answered', answer });
    expect(received.equals(audio)).toBe(true);
    expect(store.bytes('media.wav').equals(audio)).toBe(true);
  });

  it('cuts a provider that falls behind its bound, and archives all the same', async () => {
    const { archive, outcome, store, highest } = await relay(never, { lagBytesMax: 32 * 1024 });
    expect(archive).toMatchObject({ result: { media: { bytes: audio.length } } });
    expect(outcome).toMatchObject({ kind: 'cut', reason: expect.stringContaining('32768 bytes behind') });
    expect(store.bytes('media.wav').equals(audio)).toBe(true);
    expect(highest).toBeLessThanOrEqual(32 * 1024);
  });

  it('archives when the provider fails at once', async () => {
    const failure = new Error('400');
    const { archive, outcome } = await relay(async () => {
      throw failure;
    });
    expect(archive).toHaveProperty('result');
    expect(outcome).toEqual({ kind: 'failed', error: failure });
  });

  it('archives when the provider fails in the middle of its upload', async () => {
    const { archive, outcome } = await relay(async (stream) => {
      for await (const _piece of stream) break;
      throw new Error('connection reset');
    });
    expect(archive).toHaveProperty('result');
    expect(outcome).toMatchObject({ kind: 'failed' });
  });

  it('does not count an answer to a part of the audio', async () => {
    const { outcome } = await relay(async () => answer);
    expect(outcome).toMatchObject({ kind: 'cut' });
  });

  it('counts an answer that comes when the last byte is there and the end is not heard of yet', async () => {
    // A server that was told the length need not wait for the end; this used to cut the leg and pay twice.
    const { outcome } = await relay(async (stream) => {
      let bytes = 0;
      for await (const piece of stream) {
        bytes += piece.length;
        if (bytes === audio.length) break;
      }
      return answer;
    });
    expect(outcome).toEqual({ kind: 'answered', answer });
  });

  it('fails both sides when the source breaks: the provider never sees an end', async () => {
    const endings: string[] = [];
    const { archive, outcome, store } = await relay(
      async (stream) => {
        stream.on('end', () => endings.push('end')).on('error', () => endings.push('error'));
        await buffer(stream);
        return answer;
      },
      { body: inPieces(audio, 40_000) },
    );
    expect(archive).toMatchObject({ error: { message: 'the source broke' } });
    expect(outcome).toMatchObject({ kind: 'cut' });
    expect(endings).toEqual(['error']);
    expect(store.keys()).toEqual([]);
  });

  it('fails both sides when bytes are missing at the end', async () => {
    const { archive, outcome, store } = await relay(async (stream) => ({ ...answer, body: await buffer(stream) }), {
      body: inPieces(audio.subarray(0, audio.length - 2)),
    });
    expect(archive).toMatchObject({
      error: { stage: 'media-check', kind: 'transient', message: expect.stringContaining('promises 2 more') },
    });
    expect(outcome).toMatchObject({ kind: 'cut' });
    expect(store.keys()).toEqual([]);
  });

  it('stops the provider when the store fails, even after the last byte', async () => {
    const store = new MediaStoreInMemory();
    store.failNext = 'disk full';
    const { archive, outcome } = await relay(
      async (stream, signal) => {
        await buffer(stream);
        return never(stream, signal);
      },
      { store, lagBytesMax: 2 * audio.length },
    );
    expect(archive).toMatchObject({ error: { message: 'disk full' } });
    expect(outcome).toMatchObject({ kind: 'cut', reason: 'the recording could not be archived' });
  });

  it('gives the provider no byte of what is no recording', async () => {
    let isAsked = false;
    const body = Readable.from([Buffer.from('<?xml version="1.0"?>'), Buffer.from('<TwilioResponse/>')]);
    const { archive, store } = await relay(
      async () => {
        isAsked = true;
        return answer;
      },
      { body: body as unknown as AsyncGenerator<Buffer<ArrayBuffer>, void, unknown> },
    );
    expect(archive).toMatchObject({ error: { stage: 'media-check', kind: 'transient' } });
    expect(isAsked).toBe(false);
    expect(store.keys()).toEqual([]);
  });
});
