import type { MeasuredAudio } from './domain/levels/level-meter.ts';
import type { Manifest } from './domain/manifest.ts';
import { createOrRead, type WritableStore } from './stored-json.ts';

const CONTENT_TYPE = 'application/json';

/** What the manifest says of the levels, after the waveform that it names is stored. Create-only, as all that the manifest names. */
export async function storeWaveform(
  store: WritableStore,
  key: string,
  measured: MeasuredAudio | string,
  signal: AbortSignal,
): Promise<Pick<Manifest, 'levels' | 'waveform' | 'notMeasured'>> {
  if (typeof measured === 'string') return { notMeasured: measured };
  const { levels, waveform } = measured;
  // In one line: indented it would have a line for each number.
  const body = Buffer.from(`${JSON.stringify(waveform)}\n`);
  const held = await createOrRead(store, key, body, CONTENT_TYPE, signal);
  return held.body.equals(body) ? { levels, waveform: held.object } : { levels, notMeasured: OTHER };
}

/** Of an attempt that stored other audio and lost, or of a version that measured otherwise. */
const OTHER = 'waveform.json was there before and is not of this audio';
