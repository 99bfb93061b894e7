/** Below the 4 kHz that 8,000 samples a second can carry, with room for the filter's slope; telephone speech ends at 3.4 kHz. */
const CUTOFF_HZ = 3_600;
/** Odd, so that the delay is a whole number of samples; 63 taps put what would fold back below −50 dB from 4.4 kHz on. */
const TAPS = 63;
const INPUT_RATE_HZ = 16_000;

const COEFFICIENTS = lowPass();

/** 16 kHz speech as 8 kHz: a windowed-sinc low-pass, then every second sample. */
export function halveRate(samples: Int16Array): Int16Array {
  const delay = (TAPS - 1) / 2;
  return Int16Array.from({ length: Math.ceil(samples.length / 2) }, (_, index) => {
    let sum = 0;
    for (let tap = 0; tap < TAPS; tap += 1) {
      sum += (COEFFICIENTS[tap] ?? 0) * (samples[index * 2 + delay - tap] ?? 0);
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  });
}

function lowPass(): Float64Array {
  const middle = (TAPS - 1) / 2;
  const turn = (2 * Math.PI * CUTOFF_HZ) / INPUT_RATE_HZ;
  const taps = Float64Array.from({ length: TAPS }, (_, index) => {
    const distance = index - middle;
    const sinc = distance === 0 ? turn / Math.PI : Math.sin(turn * distance) / (Math.PI * distance);
    const hamming = 0.54 - 0.46 * Math.cos((2 * Math.PI * index) / (TAPS - 1));
    return sinc * hamming;
  });
  const gain = taps.reduce((sum, tap) => sum + tap, 0);
  return taps.map((tap) => tap / gain);
}
