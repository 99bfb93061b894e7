import { createInterface } from 'node:readline/promises';
import { run } from './run.ts';

// `onrecord … | head` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

// The second Ctrl-C ends the process at once, as it does without this.
const stopped = new AbortController();
const stop = () => stopped.abort();
process.once('SIGINT', stop);

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // While it asks, the terminal gives its Ctrl-C to it; Ctrl-D is no answer.
  lines.once('SIGINT', () => {
    process.stderr.write('\n');
    stop();
  });
  const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
  try {
    const answer = await Promise.race([lines.question(question), closed]);
    if (answer === undefined && !stopped.signal.aborted) process.stderr.write('\n');
    return answer ?? '';
  } finally {
    lines.close();
  }
}

const status = await run(process.argv.slice(2), {
  environment: process.env,
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  stopped: stopped.signal,
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  ...(process.stderr.isTTY && { draw: (text: string) => process.stderr.write(text) }),
});
// Nothing that was stopped is waited for.
if (stopped.signal.aborted) process.exit(status);
process.exitCode = status;
