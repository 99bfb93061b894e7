import { readFileSync } from 'node:fs';

const CHECK_INTERVAL_MS = 500;
/** npx, its shell, pnpm's wrapper and pnpm, with room for one more. */
const LAUNCHERS_MAX = 5;
const PACKAGE_MANAGER = /\b(npm|npx|pnpm|corepack|yarn|bun)\b/;

/**
 * Calls `onEnd` when a package manager that started process `pid` is ended alone, as by `kill` on the npx that a person or a supervisor
 * sees: npx does not hand the signal on to what its package started, which would go on unseen. Only Linux tells who started whom.
 */
export function watchLauncher(pid: number, onEnd: () => void): void {
  const parents = new Map<number, number>();
  for (let child = pid; parents.size < LAUNCHERS_MAX; ) {
    const parent = parentOf(child);
    if (parent === undefined || parent <= 1 || !PACKAGE_MANAGER.test(commandOf(parent))) break;
    parents.set(child, parent);
    child = parent;
  }
  if (parents.size === 0) return;
  const timer = setInterval(() => {
    // A process whose parent has ended is given another one.
    if ([...parents].every(([child, parent]) => parentOf(child) === parent)) return;
    clearInterval(timer);
    onEnd();
  }, CHECK_INTERVAL_MS);
  timer.unref();
}

/** Source: proc_pid_stat(5), field 4; the second, the name, may contain anything in its parentheses. */
function parentOf(pid: number): number | undefined {
  const stat = readProc(`${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return stat === '' ? undefined : Number(fields[1]);
}

const commandOf = (pid: number) => readProc(`${pid}/cmdline`).replaceAll('\0', ' ');

function readProc(name: string): string {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return '';
  }
}
