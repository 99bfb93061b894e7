import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A user of the operating system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** The account that owns files of a Postgres on this machine; made as a system account when there is none and root may. */
export async function postgresAccount(): Promise<Account | undefined> {
  const existing = await findAccount(({ name }) => name === 'postgres' || name === '_postgres');
  if (existing) return existing;
  await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(() => undefined);
  return findAccount(({ name }) => name === 'postgres');
}

/** Any account but root and the overflow account, which user namespaces give a meaning of its own. `initdb` insists on a name. */
export const anyOrdinaryAccount = () => findAccount(({ uid, gid }) => ordinary(uid) && ordinary(gid));

const OVERFLOW_ID = 65_534;
const ordinary = (id: number) => id > 0 && id < OVERFLOW_ID;

/** Reads passwd(5). */
async function findAccount(wanted: (account: Account) => boolean): Promise<Account | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [name = '', , uid = '', gid = ''] = line.split(':');
    const account = { name, uid: Number(uid), gid: Number(gid) };
    if (/^\d+$/.test(uid) && /^\d+$/.test(gid) && wanted(account)) return account;
  }
  return undefined;
}
