import { type Environment, SettingsError } from '../config/settings.ts';
import type { Service } from './service.ts';

/** Stopping takes at most the service's own deadline; beyond this something hangs, and the process ends all the same. */
const STOP_TIMEOUT_MS = 60_000;

/**
 * Runs one service as a process: starts it, stops it on SIGTERM or SIGINT, ends with status 1 when it cannot start or continue.
 * A second signal ends the process at once.
 */
export async function runMain(name: string, start: (environment: Environment) => Promise<Service>): Promise<void> {
  const stopRequested = new Promise<NodeJS.Signals>((resolve) => {
    let signals = 0;
    const onSignal = (signal: NodeJS.Signals) => {
      signals += 1;
      if (signals > 1) process.exit(130);
      resolve(signal);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
  try {
    const starting = start(process.env);
    // A signal during start-up: what has been started by then is stopped as soon as it can be.
    const service = await starting;
    const end = await Promise.race([stopRequested, service.failed]);
    if (end instanceof Error) fail(name, end);
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    await service.stop();
  } catch (error) {
    fail(name, error);
  }
  process.exit();
}

function fail(name: string, error: unknown) {
  process.exitCode = 1;
  process.stderr.write(`${name}: ${describeFailure(error)}\n`);
}

/** One plain message; the stack only where nobody foresaw the error. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const foreseen = error instanceof SettingsError || error.constructor !== Error;
  const builtIn = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return foreseen && !builtIn ? error.message : (error.stack ?? error.message);
}
