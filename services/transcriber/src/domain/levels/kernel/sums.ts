import { SUMS_WASM } from './sums-wasm.ts';

/**
 * Sums of 16-bit samples in WebAssembly, several at a time: every sample of every recording passes here, and one by one they took a
 * quarter of all that archiving a recording takes. One kernel serves every recording, since nothing of it is kept between two calls.
 */
interface Kernel {
  memory: { buffer: ArrayBuffer };
  mono(from: number, end: number, sums: number): void;
  stereo(from: number, end: number, sums: number): void;
}

/** As much of it as is used here: Node has it, and its types come with a browser's alone. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

const kernel = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(SUMS_WASM, 'base64'))).exports as Kernel;

/** Bytes of samples, from the beginning of the kernel's memory; its sums lie behind them. */
const SAMPLES_BYTES = 128 * 1024;
/** Of two channels the lowest and highest sample, the sum and the sum of squares; then the sum of the products. */
const SUMS_COUNT = 9;

/** Where samples are put before they are summed up: valid until the next ones are put there. */
export const samplesAsBytes = new Uint8Array(kernel.memory.buffer, 0, SAMPLES_BYTES);
export const samples = new Int16Array(kernel.memory.buffer, 0, SAMPLES_BYTES / 2);
const sums = new Float64Array(kernel.memory.buffer, SAMPLES_BYTES, SUMS_COUNT);

/** @returns `min, max, sum, squares` of the samples from `from` up to `end`; valid until the next call */
export function sumMono(from: number, end: number): Float64Array {
  kernel.mono(2 * from, 2 * end, SAMPLES_BYTES);
  return sums;
}

/** @returns as `sumMono`, of the first channel, then of the second, and the sum of their products */
export function sumStereo(from: number, end: number): Float64Array {
  kernel.stereo(2 * from, 2 * end, SAMPLES_BYTES);
  return sums;
}
