import { parseArgs } from 'node:util';
import { readConfig } from './config.ts';
import { runSimulator } from './run.ts';

const USAGE = `usage: node packages/simulator/src/main.ts [--scenario FILE]

  (none)           start look-alikes of Twilio and Deepgram, until SIGTERM or Ctrl-C
  --scenario FILE  and carry out this scenario
  --help           this text

Settings come from the environment: see packages/simulator/README.md.`;

try {
  const { values } = parseArgs({
    options: { scenario: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit();
  }
  const settings = readConfig({ ...process.env, ...(values.scenario ? { SIMULATOR_SCENARIO: values.scenario } : {}) });
  const simulator = await runSimulator(settings, (line) => console.log(line));
  const stop = () => {
    process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
    void simulator.stop().then(() => process.exit(process.exitCode ?? 0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  simulator.played.catch((error) => {
    console.error(`simulator: the scenario broke off: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    stop();
  });
} catch (error) {
  console.error(`simulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
