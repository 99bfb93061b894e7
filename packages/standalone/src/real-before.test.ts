import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepReal } from './real-before.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'onrecord-real-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const twilio = { publicBaseUrl: 'https://calls.example.com' };

// A start in a shell that had forgotten its exports placed demo calls among real recordings, with the demo's periods of deletion.
test('a folder of a real account is no place for a simulated one', async () => {
  await keepReal({ dataDir, twilio, speech: 'simulator' });
  await expect(keepReal({ dataDir, speech: 'simulator' })).rejects.toThrow(
    /is of a real Twilio account.*set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, PUBLIC_BASE_URL as before.*ONRECORD_DATA_DIR/,
  );
  await keepReal({ dataDir, twilio, speech: 'simulator' });
});

test('real recordings get no invented words once they were transcribed', async () => {
  await keepReal({ dataDir, twilio, speech: 'simulator' });
  await keepReal({ dataDir, twilio, speech: 'deepgram' });
  await expect(keepReal({ dataDir, twilio, speech: 'simulator' })).rejects.toThrow(/by deepgram.*set DEEPGRAM_API_KEY/);
  await keepReal({ dataDir, twilio, speech: 'whisper' });
  await expect(keepReal({ dataDir, twilio, speech: 'simulator' })).rejects.toThrow(/--speech whisper/);
});

test('a folder of a simulated account is as free as before', async () => {
  await keepReal({ dataDir, speech: 'whisper' });
  await keepReal({ dataDir, speech: 'simulator' });
  expect(await readdir(dataDir)).toEqual([]);
});

test('a damaged file is named', async () => {
  await writeFile(join(dataDir, 'real.json'), '{');
  await expect(keepReal({ dataDir, speech: 'simulator' })).rejects.toThrow(/real\.json cannot be understood/);
});
