import { checkFiles } from '@onrecord/shared/lifecycle/check-files';
import { readRecordingKeys } from './adapters/recording-keys.ts';
import type { TranscriberConfig } from './config.ts';

/**
 * Reads the files that the settings name, as a start does, for `--check`.
 * @throws SettingsError as the start would
 */
export async function checkTranscriberFiles(config: TranscriberConfig): Promise<void> {
  await checkFiles('transcriber', config);
  await readRecordingKeys(config.recordingKeysFile);
}
