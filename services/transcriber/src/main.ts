import { runMain } from '@onrecord/shared/lifecycle/run-main';
import { startTraced } from '@onrecord/shared/telemetry/tracing/start-traced';
import { checkTranscriberFiles } from './check-files.ts';
import { readConfig } from './config.ts';
import { startTranscriber } from './service.ts';

await runMain(
  'transcriber',
  (environment) => startTraced('transcriber', readConfig(environment), startTranscriber),
  (environment) => checkTranscriberFiles(readConfig(environment)),
);
