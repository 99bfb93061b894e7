import { GetBucketVersioningCommand, ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { compareKeys } from '../key.ts';
import type { ObjectVersion } from '../port.ts';
import type { S3Context } from './context.ts';
import { isNotImplemented, toS3StoreError } from './errors.ts';

/** As many as S3 puts into one answer; also what one deletion request takes. */
const PAGE_KEYS_MAX = 1_000;

/** An object version as S3 names it: with the store's prefix, and `null` for the version of a bucket without versions. */
export interface StoredVersion {
  key: string;
  versionId: string | undefined;
  isDeleteMarker: boolean;
  bytes: number;
}

/** Every version and delete marker whose full key starts with `prefix`, in pages; plainly listed where a server has no versions. */
export async function* versionPages(s3: S3Context, prefix: string): AsyncGenerator<StoredVersion[], void, undefined> {
  let KeyMarker: string | undefined;
  let VersionIdMarker: string | undefined;
  for (;;) {
    const position = { Bucket: s3.bucket, Prefix: prefix, MaxKeys: PAGE_KEYS_MAX, KeyMarker, VersionIdMarker };
    const page = await s3.client.send(new ListObjectVersionsCommand(position)).catch((error) => {
      if (KeyMarker === undefined && isNotImplemented(error)) return undefined;
      throw toS3StoreError(error, `listing of ${prefix}`, s3);
    });
    if (page === undefined) return yield* objectPages(s3, prefix);
    const versions = (page.Versions ?? []).map((version) => toStoredVersion(version, false));
    const markers = (page.DeleteMarkers ?? []).map((marker) => toStoredVersion(marker, true));
    yield [...versions, ...markers].sort((a, b) => compareKeys(a.key, b.key));
    if (!page.IsTruncated) return;
    KeyMarker = page.NextKeyMarker;
    VersionIdMarker = page.NextVersionIdMarker;
  }
}

/**
 * As `versionPages`, for what that confirms afterwards: also where the bucket has never had versions it is the objects that are listed, each
 * as the version `null` that S3 calls it. A server may look for versions of every single object when it is to list these.
 */
export async function* foundPages(s3: S3Context, prefix: string): AsyncGenerator<StoredVersion[], void, undefined> {
  if (!(await hasNeverHadVersions(s3))) return yield* versionPages(s3, prefix);
  for await (const page of objectPages(s3, prefix)) yield page.map((object) => ({ ...object, versionId: 'null' }));
}

/** Versions can be suspended and not taken back: only a bucket that never had them has no status. */
async function hasNeverHadVersions({ client, bucket }: S3Context): Promise<boolean> {
  const answer = await client.send(new GetBucketVersioningCommand({ Bucket: bucket })).catch(() => undefined);
  return answer !== undefined && answer.Status === undefined;
}

async function* objectPages(s3: S3Context, prefix: string): AsyncGenerator<StoredVersion[], void, undefined> {
  let ContinuationToken: string | undefined;
  do {
    const position = { Bucket: s3.bucket, Prefix: prefix, MaxKeys: PAGE_KEYS_MAX, ContinuationToken };
    const page = await s3.client.send(new ListObjectsV2Command(position)).catch((error) => {
      throw toS3StoreError(error, `listing of ${prefix}`, s3);
    });
    yield (page.Contents ?? []).map((object) => toStoredVersion(object, false));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
}

function toStoredVersion(
  found: { Key?: string | undefined; VersionId?: string | undefined; Size?: number | undefined },
  isDeleteMarker: boolean,
): StoredVersion {
  return { key: found.Key ?? '', versionId: found.VersionId, isDeleteMarker, bytes: found.Size ?? 0 };
}

/** As the port shows it: relative to the store, and without the `null` of buckets that have no versions. */
export const toObjectVersion = (
  s3: S3Context,
  { key, versionId, isDeleteMarker, bytes }: StoredVersion,
): ObjectVersion => ({
  key: key.slice(s3.prefix.length),
  ...(versionId && versionId !== 'null' && { versionId }),
  isDeleteMarker,
  bytes,
});
