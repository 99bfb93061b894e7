import { expect, test } from 'vitest';
import { halveRate } from './halve-rate.ts';

const tone = (hertz: number) =>
  Int16Array.from({ length: 16_000 }, (_, index) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hertz * index) / 16_000)),
  );
const loudness = (samples: Int16Array) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

test.each([300, 1_000, 3_000])('speech at %i Hz is as loud at 8 kHz as at 16 kHz', (hertz) => {
  const halved = halveRate(tone(hertz));
  expect(halved).toHaveLength(8_000);
  expect(loudness(halved) / loudness(tone(hertz))).toBeCloseTo(1, 1);
});

test.each([4_600, 6_000, 7_500])('a tone at %i Hz, which would fold back into the speech, is gone', (hertz) => {
  expect(loudness(halveRate(tone(hertz))) / loudness(tone(hertz))).toBeLessThan(0.01);
});
