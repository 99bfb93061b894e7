import { run } from './run.ts';

const interruption = new AbortController();
let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    signals += 1;
    // A person who asks twice does not want to wait; what was durable is durable.
    if (signals > 1) process.exit(130);
    process.stderr.write('\nstopping: what is in flight is finished first; Ctrl-C again ends at once\n');
    interruption.abort(new Error('interrupted'));
  });
}

process.exitCode = await run(process.argv.slice(2), process.env, {
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
  interrupted: interruption.signal,
});
process.exit();
