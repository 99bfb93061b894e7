import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toMono } from './downmix.ts';
import { readWav } from './read-wav.ts';
import { type SpokenScript, spreadWords } from './spoken-script.ts';
import { writeWav } from './wav.ts';
import { readWavHead } from './wav-head.ts';

const script: SpokenScript = {
  simulatorScript: 1,
  recordingSid: 'RE1',
  utterances: [
    {
      channel: 1,
      party: 'agent',
      start: 0.3,
      end: 1.3,
      text: 'Grüße, 東京!',
      words: spreadWords('Grüße, 東京!', 0.3, 1.3),
    },
  ],
};

test('whatever is written is read back, with any text', () => {
  const samples = fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 40 });
  fc.assert(
    fc.property(
      samples,
      fc.string({ unit: 'binary' }),
      fc.constantFrom(1 as const, 2 as const),
      (values, text, channels) => {
        const wav = {
          channels,
          samples: Int16Array.from(values),
          script: { ...script, utterances: [{ channel: 0, party: 'a', start: 0, end: 1, text, words: [] }] },
        };
        expect(readWav(writeWav(wav))).toEqual({ ...wav, sampleRateHz: 8_000 });
      },
    ),
  );
});

test('the head is found as soon as its last byte is there, and never before', () => {
  const wav = writeWav({ channels: 2, samples: Int16Array.from([1, 2, 3, 4]), script });
  const headBytes = wav.length - 8;
  for (let length = 0; length < headBytes; length += 1) expect(readWavHead(wav.subarray(0, length))).toBe('incomplete');
  expect(readWavHead(wav.subarray(0, headBytes))).toMatchObject({
    found: { channels: 2, script, dataOffset: headBytes },
  });
});

test('a downmix adds the channels, clips what is too loud and keeps the script', () => {
  const wav = writeWav({ channels: 2, samples: Int16Array.from([1, 2, 30_000, 30_000, -1, -2]), script });
  expect(readWav(toMono(wav))).toMatchObject({ channels: 1, samples: Int16Array.from([3, 32_767, -3]), script });
});

test.each([
  ['text', Buffer.from('this is no audio at all')],
  ['a RIFF of something else', Buffer.from('RIFF\0\0\0\0AVI LIST\0\0\0\0')],
  ['samples without a format', Buffer.from('RIFF\0\0\0\0WAVEdata\0\0\0\0')],
])('%s is no WAV', (_, bytes) => {
  expect(readWavHead(bytes)).toHaveProperty('problem');
});

test('a comment of somebody else is no script', () => {
  const wav = writeWav({ channels: 1, samples: new Int16Array(1), script });
  const foreign = Buffer.from(wav.toString('latin1').replace('simulatorScript', 'someOtherScript'), 'latin1');
  expect(readWav(foreign).script).toBeUndefined();
});
