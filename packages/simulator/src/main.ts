import { readConfig } from './config.ts';
import { runSimulator } from './run.ts';

try {
  const simulator = await runSimulator(readConfig(process.env), (line) => console.log(line));
  const stop = () => {
    process.once('SIGTERM', () => process.exit(1)).once('SIGINT', () => process.exit(1));
    void simulator.stop().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
} catch (error) {
  console.error(`simulator: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
