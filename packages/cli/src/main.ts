import { run } from './run.ts';

// `onrecord … | head` closes the pipe early: that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  width: process.stdout.isTTY ? process.stdout.columns : undefined,
  print: (text) => console.log(text),
  printError: (text) => console.error(text),
});
