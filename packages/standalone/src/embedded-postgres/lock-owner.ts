import { randomUUID } from 'node:crypto';
import { readFile, readlink, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { processIdentity } from './process-identity.ts';

const ownerSchema = z.object({
  pid: z.number().int(),
  /** Distinguishes the process from a later one with the same pid. */
  identity: z.string(),
  /** Where the pid means something: the host and its pid namespace. */
  place: z.string(),
  /** Distinguishes this lock from any other. */
  token: z.string(),
});
/** What a lock file says. */
export type LockOwner = z.output<typeof ownerSchema>;

export async function describeSelf(): Promise<LockOwner> {
  const identity = (await processIdentity(process.pid)) ?? '';
  return { pid: process.pid, identity, place: await here(), token: randomUUID() };
}

const here = async () => `${hostname()}/${await readlink('/proc/self/ns/pid').catch(() => '')}`;

export async function readOwner(path: string): Promise<LockOwner | 'absent' | 'unreadable'> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : 'unreadable';
  }
}

/** A lock that was not touched while it was watched for so many heartbeats has no holder. */
const HEARTBEATS_WATCHED = 2.5;

/** A process of another container cannot be seen, so its lock is watched for a sign of life. */
export async function isAlive(path: string, owner: LockOwner, heartbeatMs: number): Promise<boolean> {
  if (owner.place === (await here())) return (await processIdentity(owner.pid)) === owner.identity;
  const touched = async () => (await stat(path).catch(() => undefined))?.mtimeMs;
  const before = await touched();
  await sleep(HEARTBEATS_WATCHED * heartbeatMs);
  return (await touched()) !== before;
}
