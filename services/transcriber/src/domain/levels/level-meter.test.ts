import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import WaveformData from 'waveform-data';
import { createLevelMeter, type MeasuredAudio } from './level-meter.ts';
import { POINTS_MAX } from './waveform.ts';

const SAMPLE_RATE_HZ = 8_000;
const stereo = { formatTag: 1, channels: 2, sampleRateHz: SAMPLE_RATE_HZ, bytesPerSecond: 32_000, bitsPerSample: 16 };
const mono = { ...stereo, channels: 1, bytesPerSecond: 16_000 };

type Signal = (frame: number) => number;
const silence: Signal = () => 0;
const tone =
  (hertz: number, amplitude: number): Signal =>
  (frame) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * frame) / SAMPLE_RATE_HZ));

/** Frames of 16-bit PCM with a signal on each channel. */
function pcm(seconds: number, ...signals: Signal[]): Uint8Array {
  const frames = seconds * SAMPLE_RATE_HZ;
  const bytes = Buffer.alloc(frames * signals.length * 2);
  for (let frame = 0; frame < frames; frame += 1) {
    for (const [channel, signal] of signals.entries()) {
      bytes.writeInt16LE(signal(frame), (frame * signals.length + channel) * 2);
    }
  }
  return bytes;
}

function measure(format: typeof stereo, ...pieces: Uint8Array[]): MeasuredAudio {
  const meter = createLevelMeter(format);
  if (typeof meter === 'string') throw new Error(meter);
  for (const piece of pieces) meter.push(piece);
  return meter.finish();
}

describe('the levels of a channel', () => {
  it('are in decibels to full scale: a sine has an RMS of 3 dB below its peak', () => {
    const { levels } = measure(stereo, pcm(2, tone(440, 32_767), tone(300, 3_276.7)));
    expect(levels.channels).toEqual([
      { channel: 0, rmsDbfs: -3, peakDbfs: 0, silenceRatio: 0 },
      { channel: 1, rmsDbfs: -23, peakDbfs: -20, silenceRatio: 0 },
    ]);
  });

  it('tell a dead microphone from a quiet call', () => {
    const quiet: Signal = (frame) => (frame < SAMPLE_RATE_HZ ? tone(440, 400)(frame) : 0);
    const hiss: Signal = (frame) => (frame % 2 === 0 ? 15 : -15);
    const { levels } = measure(stereo, pcm(4, quiet, hiss));
    expect(levels.channels[0]).toMatchObject({ silenceRatio: 0.744, peakDbfs: -38.3 });
    expect(levels.channels[1]).toMatchObject({ silenceRatio: 1, rmsDbfs: -66.8 });
  });

  it('have no decibels where there is no sound at all, or no sample', () => {
    expect(measure(mono, pcm(1, silence)).levels).toEqual({ channels: [{ channel: 0, silenceRatio: 1 }] });
    expect(measure(mono).levels).toEqual({ channels: [{ channel: 0, silenceRatio: 1 }] });
  });
});

describe('the correlation of two channels', () => {
  /** Like no earlier part of itself, and with an offset. */
  const speech: Signal = (frame) => Math.round(9_000 * Math.sin(frame ** 2 / 7_000)) + 150;
  it.each([
    ['the same', speech, 1],
    ['the same, louder', (frame: number) => speech(frame) / 3, 1],
    ['the same, with its sign changed', (frame: number) => -speech(frame), -1],
    ['its echo, 40 ms later', (frame: number) => speech(frame - 320) / 2, 0],
    ['somebody else', tone(333, 5_000), 0],
  ])('is known where the second one is %s', (_what, other, correlation) => {
    const found = measure(stereo, pcm(4, speech, other)).levels.correlation;
    expect(Math.abs((found ?? Number.NaN) - correlation)).toBeLessThan(0.05);
  });

  it('is not known where one never changes', () => {
    expect(
      measure(
        stereo,
        pcm(1, speech, () => 7),
      ).levels,
    ).not.toHaveProperty('correlation');
    expect(measure(mono, pcm(1, speech)).levels).not.toHaveProperty('correlation');
  });
});

describe('what is measured', () => {
  const audio = pcm(3, tone(440, 20_000), tone(123, 999));

  it('does not depend on how the bytes are cut, or where in memory they lie', () => {
    const whole = measure(stereo, audio);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 30 }), fc.nat(3), (sizes, shift) => {
        const pieces: Uint8Array[] = [];
        let at = 0;
        for (const size of [...sizes, audio.length]) {
          const moved = new Uint8Array(shift + Math.min(size, audio.length - at));
          moved.set(audio.subarray(at, at + size), shift);
          pieces.push(moved.subarray(shift));
          at = Math.min(audio.length, at + size);
        }
        expect(measure(stereo, ...pieces)).toEqual(whole);
      }),
    );
  });

  it('leaves the end of a frame out that never came', () => {
    expect(measure(stereo, audio, Uint8Array.of(255, 127, 255))).toEqual(measure(stereo, audio));
  });

  // The values of ITU-T G.711: silence, the smallest and the largest of both signs.
  it.each([
    ['μ-law', 7, [0xff, 0x00, 0x80, 0xfe], [0, -32_124, 32_124, 8]],
    ['A-law', 6, [0xd5, 0x2a, 0xaa, 0x55], [8, -32_256, 32_256, -8]],
    ['8-bit PCM', 1, [0x80, 0x00, 0xff, 0x81], [0, -32_768, 32_512, 256]],
  ])('reads %s', (_name, formatTag, bytes, samples) => {
    const format = { ...mono, formatTag, bitsPerSample: 8, bytesPerSecond: 8_000 };
    const asPcm = Buffer.from(Int16Array.from(samples).buffer);
    for (const [index, byte] of bytes.entries()) {
      expect(measure(format, Uint8Array.of(byte))).toEqual(measure(mono, asPcm.subarray(index * 2, index * 2 + 2)));
    }
    expect(measure(format, Uint8Array.from(bytes))).toEqual(measure(mono, asPcm));
  });

  it.each([
    ['24-bit PCM', { ...mono, bitsPerSample: 24 }, 'samples of 24 bits with format tag 1 are not measured'],
    ['a codec of its own', { ...mono, formatTag: 0x31 }, 'samples of 16 bits with format tag 49 are not measured'],
    ['six channels', { ...mono, channels: 6 }, '6 channels are more than the 2 that are measured'],
  ])('does not include %s, and says so', (_name, format, reason) => {
    expect(createLevelMeter(format)).toBe(reason);
  });
});

describe('the waveform', () => {
  it('is read by the library of audiowaveform’s authors', () => {
    const { waveform } = measure(stereo, pcm(1, tone(440, 32_767), silence));
    const read = WaveformData.create(JSON.parse(JSON.stringify(waveform)));
    expect(read).toMatchObject({ channels: 2, sample_rate: 8_000, scale: 256, bits: 8, length: 32 });
    // Points are whole: the last one reaches to 32 × 256 samples.
    expect(read.duration).toBeCloseTo(1, 1);
    expect(
      read
        .channel(0)
        .max_array()
        .every((value) => value === 127),
    ).toBe(true);
    expect(
      read
        .channel(0)
        .min_array()
        .every((value) => value < -120),
    ).toBe(true);
    expect(new Set([...read.channel(1).min_array(), ...read.channel(1).max_array()])).toEqual(new Set([0]));
  });

  it('stays below its number of points through four hours, and keeps every peak where it is', () => {
    const minute = pcm(60, silence, silence);
    const click = Uint8Array.from(minute);
    click[click.length / 2 + 3] = 100;
    const meter = createLevelMeter(stereo);
    if (typeof meter === 'string') throw new Error(meter);
    for (let at = 0; at < 4 * 60; at += 1) meter.push(at % 60 === 17 ? click : minute);
    const { waveform } = meter.finish();
    expect(waveform.length).toBeLessThanOrEqual(POINTS_MAX);
    expect(waveform.samples_per_pixel).toBe(4_096);
    const read = WaveformData.create(waveform);
    expect(Math.abs(read.duration - 4 * 3_600)).toBeLessThan(1);
    const clicks = [...read.channel(1).max_array().entries()].filter(([, value]) => value > 0);
    expect(clicks.map(([, value]) => value)).toEqual([100, 100, 100, 100]);
    expect(clicks.map(([point]) => Math.floor((point * read.seconds_per_pixel) / 60))).toEqual([17, 77, 137, 197]);
    expect(Math.max(...read.channel(0).max_array())).toBe(0);
  });

  it('has no point where there is no sample', () => {
    expect(measure(mono).waveform).toMatchObject({ length: 0, data: [] });
  });
});
