import { checkFiles } from '@onrecord/shared/lifecycle/check-files';
import { runMain } from '@onrecord/shared/lifecycle/run-main';
import { startTraced } from '@onrecord/shared/telemetry/tracing/start-traced';
import { readConfig } from './config.ts';
import { startRetention } from './service.ts';

await runMain(
  'retention',
  (environment) => startTraced('retention', readConfig(environment), startRetention),
  (environment) => checkFiles('retention', readConfig(environment)),
);
