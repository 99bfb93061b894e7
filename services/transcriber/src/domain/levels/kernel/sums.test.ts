import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleKernel } from '../../../generate-kernel.ts';
import { samples, samplesAsBytes, sumMono, sumStereo } from './sums.ts';

const extreme = fc.constantFrom(-32_768, 32_767, 0);
const sample = fc.oneof(extreme, fc.integer({ min: -32_768, max: 32_767 }));

function put(values: readonly number[]): void {
  samplesAsBytes.fill(0x55);
  samples.set(values);
}

const sumsOf = (values: readonly number[]) => [
  Math.min(...values),
  Math.max(...values),
  values.reduce((sum, value) => sum + value, 0),
  values.reduce((sum, value) => sum + value * value, 0),
];

describe('the kernel', () => {
  it('is the one that sums.wat describes', async () => {
    const { readFile } = await import('node:fs/promises');
    expect(await readFile(new URL('./sums-wasm.ts', import.meta.url), 'utf8')).toBe(await assembleKernel());
  });

  it('sums one channel up as one would sample by sample, from any place on', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 60 }), fc.nat(9), (values, from) => {
        put([...Array.from({ length: from }, () => 32_767), ...values, -32_768]);
        expect([...sumMono(from, from + values.length)].slice(0, 4)).toEqual(sumsOf(values));
      }),
    );
  });

  it('sums two channels up as one would frame by frame, from any place on', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(sample, sample), { minLength: 1, maxLength: 30 }), fc.nat(9), (frames, from) => {
        put([...Array.from({ length: 2 * from }, () => 32_767), ...frames.flat(), -32_768, -32_768]);
        const products = frames.reduce((sum, [one, other]) => sum + one * other, 0);
        const expected = [...sumsOf(frames.map(([one]) => one)), ...sumsOf(frames.map(([, other]) => other)), products];
        expect([...sumStereo(2 * from, 2 * (from + frames.length))]).toEqual(expected);
      }),
    );
  });

  it('does not overflow with the loudest samples that its memory holds', () => {
    const count = samples.length;
    samples.fill(-32_768);
    expect([...sumMono(0, count)].slice(0, 4)).toEqual([-32_768, -32_768, -32_768 * count, 32_768 ** 2 * count]);
    const half = [-32_768, -32_768, -32_768 * (count / 2), 32_768 ** 2 * (count / 2)];
    expect([...sumStereo(0, count)]).toEqual([...half, ...half, 32_768 ** 2 * (count / 2)]);
  });
});
