import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { listenForSignals } from './signals.ts';

const complain = (line: string) => void process.stderr.write(`${line}\n`);

// A terminal that was closed, or a pipe: what is not read any more must not end the work.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
const interrupted = listenForSignals(complain);
// Later starts find the programs translated: half a second instead of two.
enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/onrecord'));
// Loaded only now, so that a Ctrl-C during the second or two that it takes is an orderly one.
const { run, explainCrash } = await import('./run.ts');
process.on('uncaughtException', (error) => {
  complain(explainCrash(error));
  process.exit(1);
});
process.exitCode = await run(process.argv.slice(2), process.env, {
  print: (line) => void process.stdout.write(`${line}\n`),
  complain,
  interrupted,
});
if (interrupted.aborted) complain('stopped; the next start continues with what is here');
process.exit();
