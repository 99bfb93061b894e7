import { expect, test } from 'vitest';
import { deepgram, scriptedRecording } from '../testing/deepgram.ts';
import { writeMp3 } from './mp3.ts';
import { readMp3Head } from './mp3-head.ts';

test('an MP3 has the script in its tag, and Deepgram’s look-alike hears from it what each channel said', async () => {
  const mp3 = await writeMp3(scriptedRecording(2));
  const head = readMp3Head(mp3);
  expect(head).toMatchObject({ found: { channels: 2, sampleRateHz: 8_000, script: { recordingSid: 'RE1' } } });
  const { media, log } = await deepgram();
  const answer = await media.transcribeFile(
    { data: mp3, contentType: 'audio/mpeg' },
    { model: 'nova-3', multichannel: true, utterances: true, punctuate: true },
  );
  expect(answer).toMatchObject({
    // LAME puts a little silence before and behind.
    metadata: { channels: 2, duration: expect.closeTo(3.05, 0) },
    results: {
      utterances: [
        { channel: 1, transcript: 'Harbor Hardware, how can I help?' },
        { channel: 0, transcript: 'My order came without hinges.' },
      ],
    },
  });
  expect(log.requests).toMatchObject([{ bytes: mp3.length, outcome: 'answered', recordingSid: 'RE1' }]);
});

test('the same audio gives the same bytes', async () => {
  const [one, other] = [await writeMp3(scriptedRecording(1)), await writeMp3(scriptedRecording(1))];
  expect(one.equals(other)).toBe(true);
  expect(readMp3Head(one)).toMatchObject({ found: { channels: 1 } });
});

test('what has no script is audio all the same; what is no MP3 is not', async () => {
  const mp3 = await writeMp3({ channels: 1, samples: new Int16Array(8_000) });
  expect(readMp3Head(mp3)).toMatchObject({ found: { channels: 1, dataOffset: 0 } });
  expect(readMp3Head(mp3.subarray(0, 3))).toBe('incomplete');
  expect(readMp3Head(Buffer.from('<?xml version="1.0"?>'))).toMatchObject({ problem: expect.any(String) });
});
