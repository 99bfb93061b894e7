import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { isUnder } from '../key.ts';
import type { BeforeDeletion, DeletionReport, KeyFilter } from '../port.ts';
import type { S3Context } from './context.ts';
import { toS3StoreError } from './errors.ts';
import { dropUpload, listIncompleteUploads } from './incomplete-uploads.ts';
import { type StoredVersion, toObjectVersion, versionPages } from './list-versions.ts';

/** Why versions could not be deleted, by `nameOf`. */
export type Reasons = Map<string, string>;

/** The version `null` has no name on servers that know no versions. */
export const nameOf = ({ key, versionId }: { key: string; versionId?: string | undefined }) =>
  JSON.stringify([key, versionId === 'null' ? undefined : versionId]);

/**
 * Deletes in batches of one listing page, drops incomplete uploads, and then trusts a fresh listing alone.
 * @param prefix relative to the store, not empty
 */
export async function deleteAllVersions(
  s3: S3Context,
  prefix: string,
  before?: BeforeDeletion,
  only: KeyFilter = () => true,
): Promise<DeletionReport> {
  const fullPrefix = s3.prefix + prefix;
  const isMeant = ({ key }: { key: string }) => isUnder(fullPrefix, key) && only(key.slice(s3.prefix.length));
  const reasons: Reasons = new Map();
  const found: StoredVersion[] = [];
  const note = async (batch: readonly StoredVersion[]) => {
    found.push(...batch);
    if (batch.length === 0) return undefined;
    return before?.(batch.map((version) => toObjectVersion(s3, version)));
  };
  for await (const page of versionPages(s3, fullPrefix)) {
    const batch = page.filter(isMeant);
    await deleteBatch(s3, batch, reasons, await note(batch));
  }
  const uploads = (await listIncompleteUploads(s3, fullPrefix)).filter(isMeant);
  const allowed = await note(uploads.map(asVersion));
  for (const upload of uploads) {
    const reason = await dropUpload(s3, upload, allowed);
    if (reason !== undefined) reasons.set(nameOf({ key: upload.key, versionId: upload.uploadId }), reason);
  }
  const looked = await listRemaining(s3, fullPrefix, { reasons, isAnyUpload: uploads.length > 0 });
  const remaining = looked.filter(isMeant);
  const left = new Set(remaining.map(nameOf));
  const deleted = found.filter((version) => !left.has(nameOf(version)));
  return {
    deleted: deleted.map((version) => toObjectVersion(s3, version)),
    remaining: remaining.map((version) => ({ ...toObjectVersion(s3, version), reason: version.reason })),
  };
}

/** An upload has no version yet, and no size that anybody could ask for. */
export const asVersion = ({ key }: { key: string }): StoredVersion => ({
  key,
  versionId: undefined,
  isDeleteMarker: false,
  bytes: 0,
});

/** A batch that fails as a whole gives its reason to each of its versions; the listing afterwards decides what it meant. */
export async function deleteBatch(
  s3: S3Context,
  batch: readonly StoredVersion[],
  reasons: Reasons,
  abortSignal: AbortSignal | undefined,
): Promise<void> {
  if (batch.length === 0) return;
  const Objects = batch.map(({ key, versionId }) => ({ Key: key, ...(versionId && { VersionId: versionId }) }));
  try {
    const answer = await s3.client.send(
      new DeleteObjectsCommand({ Bucket: s3.bucket, Delete: { Objects, Quiet: true } }),
      { abortSignal },
    );
    for (const { Key = '', VersionId, Code, Message } of answer.Errors ?? []) {
      reasons.set(nameOf({ key: Key, versionId: VersionId }), refusal(Code, Message));
    }
  } catch (error) {
    const { message } = toS3StoreError(error, 'deletion', s3);
    for (const version of batch) reasons.set(nameOf(version), message);
  }
}

/** The store takes the request and refuses this one version: what its lock or a rule of the bucket keeps. */
function refusal(code: string | undefined, message: string | undefined): string {
  const said = [code, message].filter(Boolean).join(': ');
  if (code !== 'AccessDenied') return said;
  return `${said}. Lift the legal hold or the retention that it has in the store, or allow s3:DeleteObjectVersion`;
}

/**
 * What is still there: versions, delete markers and uploads that could not be dropped.
 * @param isAnyUpload false where uploads were looked for after the last deletion and there was none: that look is fresh
 */
export async function listRemaining(
  s3: S3Context,
  prefix: string,
  { reasons, isAnyUpload }: { reasons: Reasons; isAnyUpload: boolean },
) {
  // Uploads first: one that is completed in between is then seen as a version.
  const uploads = isAnyUpload ? await listIncompleteUploads(s3, prefix) : [];
  const remaining: (StoredVersion & { reason: string | undefined })[] = [];
  for await (const page of versionPages(s3, prefix)) {
    const left = page.filter(({ key }) => isUnder(prefix, key));
    remaining.push(...left.map((version) => ({ ...version, reason: reasons.get(nameOf(version)) })));
  }
  for (const upload of uploads) {
    const reason = reasons.get(nameOf({ key: upload.key, versionId: upload.uploadId }));
    remaining.push({ ...asVersion(upload), reason: `an incomplete upload${reason ? `: ${reason}` : ''}` });
  }
  return remaining;
}
