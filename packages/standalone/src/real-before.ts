import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SettingsError } from '@onrecord/shared/config/settings';
import { z } from 'zod';
import { ACCOUNT, type Speech, type StandaloneConfig } from './config.ts';
import { DataFolderError } from './embedded-postgres/errors.ts';

/** What a data folder was started with, once it had a real Twilio account. */
const real = z.object({ speech: z.enum(['deepgram', 'openai-compatible', 'simulator', 'whisper']) });

/**
 * Keeps simulators away from real recordings. A start in a shell where nothing is exported would otherwise place demo calls among them,
 * delete what was refused after seconds, and give what waits a transcript of invented words.
 * @throws SettingsError naming what to set; DataFolderError when the file cannot be understood
 */
export async function keepReal(config: Pick<StandaloneConfig, 'dataDir' | 'twilio' | 'speech'>): Promise<void> {
  const path = join(config.dataDir, 'real.json');
  const before = await readBefore(path);
  const elsewhere = 'or give another folder by ONRECORD_DATA_DIR';
  if (before !== undefined && config.twilio === undefined) {
    throw new SettingsError(
      `${config.dataDir} is of a real Twilio account, and a simulated one may not touch it: set ${ACCOUNT.join(', ')} as before, ${elsewhere}`,
    );
  }
  if (before !== undefined && before !== 'simulator' && config.speech === 'simulator') {
    throw new SettingsError(
      `${config.dataDir} has real recordings that were transcribed by ${before}, and a simulated transcript would be invented: ${REMEDIES[before]}, ${elsewhere}`,
    );
  }
  if (config.twilio !== undefined && before !== config.speech) await remember(path, config.speech);
}

const REMEDIES: Record<Exclude<Speech, 'simulator'>, string> = {
  deepgram: 'set DEEPGRAM_API_KEY as before',
  'openai-compatible': 'set TRANSCRIPTION_PROVIDER and TRANSCRIPTION_URL as before',
  whisper: 'start with --speech whisper as before',
};

async function readBefore(path: string): Promise<Speech | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    return real.parse(JSON.parse(text)).speech;
  } catch (cause) {
    throw new DataFolderError(`${path} cannot be understood: restore it, or delete it and start as before`, { cause });
  }
}

async function remember(path: string, speech: Speech): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify({ speech })}\n`, { flush: true });
  await rename(`${path}.new`, path);
}
