import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Account } from './accounts.ts';

const run = promisify(execFile);

/** How the programs of Postgres, which refuse to run as root, are started. */
export interface RunAs {
  /** Put before every command. */
  prefix: readonly string[];
  /** Whom the files belong to, when it is not this process's own user. */
  account?: { uid: number; gid: number };
}

export const asSelf: RunAs = { prefix: [] };

export const asAccount = ({ uid, gid }: { uid: number; gid: number }): RunAs => ({ prefix: [], account: { uid, gid } });

/**
 * In a user namespace of its own the program sees a user that is not root, while the kernel still checks files as root: so it
 * works in folders that no other user can enter. Source: user_namespaces(7), unshare(1).
 */
export const inUserNamespace = (account: Account, unshare = 'unshare'): RunAs => ({
  prefix: [unshare, '--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`, '--'],
});

/** The command as it is given to `spawn`. */
export function commandFor(runAs: RunAs, command: string, args: readonly string[]) {
  const [file = command, ...rest] = [...runAs.prefix, command, ...args];
  return { file, args: rest, options: { ...runAs.account } };
}

/** Why a program cannot be run this way with this folder as its own; undefined when it can. */
export async function whyNot(runAs: RunAs, program: string, folder: string): Promise<string | undefined> {
  const script = 'cd "$1" && test -w . && exec "$2" --version';
  const { file, args, options } = commandFor(runAs, 'sh', ['-c', script, 'sh', folder, program]);
  try {
    await run(file, args, { ...options, cwd: '/', timeout: PROBE_TIMEOUT_MS });
    return undefined;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    return stderr.trim() || message.trim();
  }
}

/** Far longer than `--version` takes. */
const PROBE_TIMEOUT_MS = 10_000;
