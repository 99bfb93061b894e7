import { checkFiles } from '@onrecord/shared/lifecycle/check-files';
import { runMain } from '@onrecord/shared/lifecycle/run-main';
import { startTraced } from '@onrecord/shared/telemetry/tracing/start-traced';
import { readConfig } from './config.ts';
import { startIngest } from './service.ts';

await runMain(
  'ingest',
  (environment) => startTraced('ingest', readConfig(environment), startIngest),
  (environment) => checkFiles('ingest', readConfig(environment)),
);
