import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { createBucket } from '../../servers/buckets.ts';
import type { SeaweedFs } from '../../servers/seaweedfs.ts';
import { recordCall, type Telephony } from '../transcriber-process/telephony.ts';

/** What a transcriber is started among. */
export interface Surroundings extends Telephony {
  postgresUrl: string;
  seaweedfs: Omit<SeaweedFs, 'stop'>;
  bucket: string;
  /** Where Node.js keeps compiled modules: a transcriber starts in half the time. */
  compileCache: string;
}

export async function surround(seaweedfs: Surroundings['seaweedfs']): Promise<Surroundings> {
  const { url: postgresUrl } = requireServer('postgres');
  const telephony = await recordCall();
  const bucket = await createBucket(seaweedfs, { versioned: true });
  const compileCache = await mkdtemp(join(tmpdir(), 'onrecord-kill-points-'));
  onTestFinished(() => rm(compileCache, { recursive: true, force: true }));
  return { ...telephony, postgresUrl, seaweedfs, bucket, compileCache };
}
