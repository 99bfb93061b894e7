import { watchLauncher } from './launcher.ts';

/** Ctrl-C may arrive twice: from the terminal, and handed on by the package manager. */
const SAME_SIGNAL_MS = 300;
/** Services stop by a deadline of their own, `SHUTDOWN_TIMEOUT` (10 minutes at most). Beyond this something hangs. */
const STOP_TIMEOUT_MS = 11 * 60_000;
/** What a shell reports for a program ended by SIGINT. */
const INTERRUPTED = 130;

/**
 * Aborted when the person, or the system, wants this process to end: by SIGINT, SIGTERM or SIGHUP, or by ending the package manager
 * that started it. A second signal ends the process at once.
 */
export function listenForSignals(complain: (line: string) => void): AbortSignal {
  const interruption = new AbortController();
  let firstAt: number | undefined;
  const stop = () => {
    if (firstAt !== undefined) return;
    firstAt = performance.now();
    complain('\nstopping: what is in flight is finished first; Ctrl-C again ends at once');
    setTimeout(() => process.exit(INTERRUPTED), STOP_TIMEOUT_MS).unref();
    interruption.abort(new Error('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Who asks twice does not want to wait; what was durable is durable.
      if (firstAt !== undefined && performance.now() - firstAt > SAME_SIGNAL_MS) process.exit(INTERRUPTED);
      stop();
    });
  }
  watchLauncher(process.pid, stop);
  return interruption.signal;
}
