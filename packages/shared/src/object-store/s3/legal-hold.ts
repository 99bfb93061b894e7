import {
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  PutObjectLegalHoldCommand,
} from '@aws-sdk/client-s3';
import { isUnder } from '../key.ts';
import type { LegalHoldReport, ObjectLockSupport } from '../port.ts';
import type { S3Context } from './context.ts';
import { isNotImplemented, nameOf, statusOf, toS3StoreError } from './errors.ts';
import { type StoredVersion, toObjectVersion, versionPages } from './list-versions.ts';

type Status = 'ON' | 'OFF';

/** Each version costs up to three requests of a few milliseconds. */
const VERSIONS_AT_ONCE = 8;
/** What is written while holds are set is found by the next look; a folder that never stands still is one that fails, and is tried again. */
const LOOKS_MAX = 4;

/** Asks the bucket. @throws ObjectStoreError when it cannot be reached */
export async function objectLockOf(s3: S3Context): Promise<ObjectLockSupport> {
  try {
    const { ObjectLockConfiguration } = await s3.client.send(
      new GetObjectLockConfigurationCommand({ Bucket: s3.bucket }),
    );
    if (ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled') return { isEnforced: true };
    return { isEnforced: false, reason: `the bucket ${s3.bucket} has no Object Lock` };
  } catch (error) {
    if (nameOf(error) === 'ObjectLockConfigurationNotFoundError') {
      return { isEnforced: false, reason: `the bucket ${s3.bucket} has no Object Lock` };
    }
    if (isNotImplemented(error)) return { isEnforced: false, reason: 'the store has no Object Lock' };
    if (statusOf(error) !== 403) throw toS3StoreError(error, 'asking for its Object Lock', s3);
    const reason = `the bucket ${s3.bucket} may not be asked for its Object Lock: allow s3:GetBucketObjectLockConfiguration`;
    return { isEnforced: false, reason };
  }
}

/**
 * Sets or lifts the legal hold of every version in the folder, reads each back, and looks again until a listing shows nothing that
 * is otherwise. Delete markers have no content and take no hold.
 * Source: Amazon S3 User Guide, "Locking objects with Object Lock", "Legal holds" and "How Object Lock works with delete markers".
 * @param prefix relative to the store, not empty
 */
export async function setLegalHold(s3: S3Context, prefix: string, isOn: boolean): Promise<LegalHoldReport> {
  const wanted: Status = isOn ? 'ON' : 'OFF';
  let report: LegalHoldReport = { confirmed: [], failed: [] };
  for (let look = 1; look <= LOOKS_MAX; look += 1) {
    const results = await lookOnce(s3, s3.prefix + prefix, wanted);
    report = {
      confirmed: results
        .filter(({ reason }) => reason === undefined)
        .map(({ version }) => toObjectVersion(s3, version)),
      failed: results.flatMap(({ version, reason }) =>
        reason === undefined ? [] : [{ ...toObjectVersion(s3, version), reason }],
      ),
    };
    if (results.every(({ isChanged }) => !isChanged)) return report;
  }
  const reason = 'the folder was written to all the while';
  return { confirmed: [], failed: [...report.failed, ...report.confirmed.map((version) => ({ ...version, reason }))] };
}

interface Result {
  version: StoredVersion;
  isChanged: boolean;
  reason?: string;
}

async function lookOnce(s3: S3Context, prefix: string, wanted: Status): Promise<Result[]> {
  const results: Result[] = [];
  for await (const page of versionPages(s3, prefix)) {
    const versions = page.filter(({ key, isDeleteMarker }) => !isDeleteMarker && isUnder(prefix, key));
    const queue = versions.values();
    const work = async () => {
      for (const version of queue) {
        const result = await bring(s3, version, wanted);
        if (result !== undefined) results.push(result);
      }
    };
    await Promise.all(Array.from({ length: VERSIONS_AT_ONCE }, work));
  }
  return results;
}

/** @returns `undefined` for a version that is gone meanwhile */
async function bring(s3: S3Context, version: StoredVersion, wanted: Status): Promise<Result | undefined> {
  const place = { Bucket: s3.bucket, Key: version.key, VersionId: version.versionId };
  try {
    if ((await statusAt(s3, place)) === wanted) return { version, isChanged: false };
    await s3.client.send(new PutObjectLegalHoldCommand({ ...place, LegalHold: { Status: wanted } }));
    const found = await statusAt(s3, place);
    if (found === wanted) return { version, isChanged: true };
    return { version, isChanged: false, reason: `the store took the legal hold ${wanted} and shows ${found}` };
  } catch (error) {
    if (['NoSuchKey', 'NoSuchVersion'].includes(nameOf(error))) return undefined;
    return { version, isChanged: false, reason: toS3StoreError(error, `legal hold of ${version.key}`, s3).message };
  }
}

async function statusAt({ client }: S3Context, place: { Bucket: string; Key: string; VersionId: string | undefined }) {
  try {
    const { LegalHold } = await client.send(new GetObjectLegalHoldCommand(place));
    return LegalHold?.Status ?? 'OFF';
  } catch (error) {
    // AWS calls a hold that was never set by another name than SeaweedFS.
    if (['NoSuchObjectLockConfiguration', 'NoSuchObjectLegalHold'].includes(nameOf(error))) return 'OFF';
    throw error;
  }
}
