import { createInterface } from 'node:readline/promises';
import { run } from './run.ts';

// `onrecord … | head` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

async function ask(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
  ...(process.stdin.isTTY && process.stderr.isTTY && { ask }),
  ...(process.stderr.isTTY && { draw: (text: string) => process.stderr.write(text) }),
});
