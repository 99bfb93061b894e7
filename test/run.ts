/**
 * The test command: type check, style, import rules, unused code, then every test; ends with `N passed, N failed`.
 * Arguments go to Vitest, as in `pnpm test --project unit`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Of each failure's message at the end; the whole of it is further up. */
const MESSAGE_CHARACTERS_MAX = 400;

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

const CHECKS: readonly (readonly [string, readonly string[]])[] = [
  ['types', ['tsc', '--noEmit']],
  ['style', ['biome', 'check', '--error-on-warnings', '.']],
  ['import rules', ['depcruise', '--config', '.dependency-cruiser.cjs', 'packages', 'services', 'test']],
  ['unused code', ['knip']],
];

/** Runs a tool of `node_modules/.bin`, which pnpm puts on the PATH of its scripts. */
function run([command, ...args]: readonly string[]): boolean {
  const { status, error } = spawnSync(command ?? '', args, { stdio: 'inherit' });
  if (error) console.error(`${command}: ${error.message}. Run this as \`npx -y pnpm@10 test\`.`);
  return status === 0;
}

function runChecks(): Tally {
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, command] of CHECKS) {
    console.log(`\n── ${name}`);
    if (run(command)) tally.passed += 1;
    else tally.failed += 1;
  }
  return tally;
}

/** A run that crashes, or whose setup fails, counts as at least one failure even when no test failed. */
function runTests(args: readonly string[]): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'onrecord-test-'));
  const report = join(folder, 'report.json');
  try {
    console.log('\n── tests');
    const ok = run(['vitest', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args]);
    const tally = readReport(report);
    for (const line of tally.failures) console.log(line);
    if (!ok && tally.failed === 0) tally.failed = 1;
    return tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns with the counts a line for each failure: a log that is kept from its end still tells what failed, and why */
function readReport(path: string): Tally & { failures: string[] } {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8'));
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + (report.numTodoTests ?? 0),
      failures: report.testResults.flatMap(failuresOf),
    };
  } catch (cause) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: [`failed: no report of the tests: ${(cause as Error).message}`],
    };
  }
}

interface FileReport {
  name: string;
  message: string;
  assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
}

/** A file that could not be read, or whose set-up failed, has a message and no tests. */
function failuresOf({ name, message, assertionResults }: FileReport): string[] {
  const path = relative(process.cwd(), name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  const tests = failed.map(
    ({ fullName, failureMessages = [] }) => `failed: ${path}: ${fullName}: ${start(failureMessages[0])}`,
  );
  return tests.length === 0 && message ? [`failed: ${path}: ${start(message)}`] : tests;
}

/** Without the stack, which says where; the path in front does, too. */
const start = (message = 'no message') => message.split('\n    at ', 1)[0]?.slice(0, MESSAGE_CHARACTERS_MAX);

const checks = runChecks();
const tests = runTests(process.argv.slice(2));
const total = {
  passed: checks.passed + tests.passed,
  failed: checks.failed + tests.failed,
  skipped: checks.skipped + tests.skipped,
};
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;
