import { runMain } from '@onrecord/shared/lifecycle/run-main';
import { readConfig } from './config.ts';
import { startTranscriber } from './service.ts';

await runMain('transcriber', (environment) => startTranscriber(readConfig(environment)));
