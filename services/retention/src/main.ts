import { runMain } from '@onrecord/shared/lifecycle/run-main';
import { readConfig } from './config.ts';
import { startRetention } from './service.ts';

await runMain('retention', (environment) => startRetention(readConfig(environment)));
