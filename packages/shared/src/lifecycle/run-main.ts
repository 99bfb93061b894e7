import { type Environment, SettingsError } from '../config/settings.ts';
import { withoutSecrets } from '../telemetry/log-fields.ts';
import type { Service } from './service.ts';

/** A service stops by its own deadline, `SHUTDOWN_TIMEOUT` (10 minutes at most). Beyond this something hangs. */
const STOP_TIMEOUT_MS = 11 * 60_000;
/** A start that is not wanted any more, such as one that waits for a broker, is given up after this time. */
const ABANDON_START_AFTER_MS = 2_000;
/** What a shell reports for a program ended by SIGINT. */
const INTERRUPTED = 130;
/** What programs end with that were called in a wrong way. */
const USAGE_FAILED = 2;

/**
 * Runs one service as a process: starts it, stops it on SIGTERM, SIGINT or SIGHUP, ends with status 1 when it cannot start or
 * continue. A second signal ends the process at once. `--check` reads the settings, and the files
 * that they name, with `check`, which throws or rejects, and starts nothing.
 */
export async function runMain(
  name: string,
  start: (environment: Environment) => Promise<Service>,
  check: (environment: Environment) => unknown,
): Promise<void> {
  const [argument] = process.argv.slice(2);
  if (argument !== undefined) return answerTo(argument, name, check);
  const stopRequested = onStopSignal();
  // Node would print an unforeseen error with all its fields, such as a client's credentials.
  process.on('uncaughtException', (error) => {
    fail(name, error);
    process.exit();
  });
  try {
    const service = await Promise.race([start(process.env), abandonment(stopRequested)]);
    const end = await Promise.race([stopRequested, service?.failed]);
    if (end instanceof Error) fail(name, end);
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    await service?.stop();
  } catch (error) {
    fail(name, error);
  }
  process.exit();
}

const usage = (name: string) => `usage: node services/${name}/src/main.ts [--check]

  (none)   start ${name}, until SIGTERM or Ctrl-C
  --check  read all settings and the files that they name, say what is wrong, and end: exit status 0, or 1
  --help   this text

Settings come from the environment: see .env.example.
`;

async function answerTo(argument: string, name: string, check: (environment: Environment) => unknown): Promise<never> {
  if (argument === '--help' || argument === '-h') {
    process.stdout.write(usage(name));
  } else if (argument === '--check') {
    try {
      await check(process.env);
      process.stdout.write(`${name}: the settings can be used\n`);
    } catch (error) {
      fail(name, error);
    }
  } else {
    process.stderr.write(`${name}: unknown argument ${JSON.stringify(argument)}\n\n${usage(name)}`);
    process.exitCode = USAGE_FAILED;
  }
  process.exit();
}

/** Resolves at the first signal to stop; the second one ends the process. */
function onStopSignal(): Promise<undefined> {
  return new Promise((resolve) => {
    let signals = 0;
    const onSignal = () => {
      signals += 1;
      if (signals > 1) process.exit(INTERRUPTED);
      resolve(undefined);
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

/** A start gets a moment to come to its end, so that what it opened is closed in order. */
const abandonment = (stopRequested: Promise<undefined>): Promise<undefined> =>
  new Promise((resolve) => {
    void stopRequested.then(() => setTimeout(() => resolve(undefined), ABANDON_START_AFTER_MS));
  });

function fail(name: string, error: unknown) {
  process.exitCode = 1;
  process.stderr.write(`${name}: ${describeFailure(error)}\n`);
}

/** One plain message; the stack only where nobody foresaw the error. */
export function describeFailure(error: unknown): string {
  // Its message quotes what a person typed, secrets left out.
  if (error instanceof SettingsError) return error.message;
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  return withoutSecrets(isForeseen(error) ? error.message : (error.stack ?? error.message));
}

/** An error of a class of its own was made for people to read, unless the class is one of JavaScript's. */
const isForeseen = (error: Error) =>
  ![Error, TypeError, RangeError, ReferenceError, SyntaxError, AggregateError].some(
    (builtIn) => error.constructor === builtIn,
  );
