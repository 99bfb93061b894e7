import { runMain } from '@onrecord/shared/lifecycle/run-main';
import { readConfig } from './config.ts';
import { startIngest } from './service.ts';

await runMain('ingest', (environment) => startIngest(readConfig(environment)));
