import type { S3Context } from './context.ts';
import { dropUpload, incompleteUploads } from './incomplete-uploads.ts';
import { PROBE_KEY } from './ping.ts';

/** Every key begins with the SID of its account. Whoever else keeps things in the same bucket is left alone. */
const OWN_KEY = /^AC[0-9a-f]{32}\//;

/**
 * Drops the uploads that a killed process left behind: those begun longer ago than any that is still being written. One that cannot be
 * dropped is found by the next sweep.
 * @throws ObjectStoreError when they cannot be listed
 */
export async function sweepUploads(s3: S3Context, now: Date): Promise<void> {
  for await (const upload of incompleteUploads(s3, s3.prefix)) {
    const name = upload.key.slice(s3.prefix.length);
    const isOwn = OWN_KEY.test(name) || name === PROBE_KEY;
    const begunMs = upload.initiated?.getTime() ?? now.getTime();
    if (isOwn && now.getTime() - begunMs >= s3.limits.staleUploadMs) await dropUpload(s3, upload);
  }
}
