import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checkKey, checkPrefix } from '../key.ts';
import type { S3StoreOptions } from '../options.ts';
import { type ObjectStore, ObjectStoreError } from '../port.ts';
import { createContext, type S3Context } from './context.ts';
import { createBucket } from './create-bucket.ts';
import { deletingTogether } from './delete-together.ts';
import { toS3StoreError } from './errors.ts';
import { objectLockOf, setLegalHold } from './legal-hold.ts';
import { toObjectVersion, versionPages } from './list-versions.ts';
import { createPing } from './ping.ts';
import { putObject } from './put.ts';
import { getObject, headObject } from './read.ts';
import { sweepUploads } from './sweep-uploads.ts';

/**
 * Objects in an S3 bucket. Nothing is sent before the first call, unless the bucket is to be created.
 * @throws ObjectStoreError when it cannot be created
 */
export async function openS3Store(options: S3StoreOptions): Promise<ObjectStore> {
  const s3 = createContext(options);
  if (options.createBucket) await createBucket(s3);
  const deleteTogether = deletingTogether(s3);
  // A sweep that fails is repeated by the next one; what is wrong with the store shows in `put` and `ping`.
  const sweep = () => void sweepUploads(s3, new Date()).catch(() => {});
  const sweeping = setInterval(sweep, s3.limits.sweepEveryMs).unref();
  return {
    uri: `s3://${s3.bucket}${options.prefix && `/${options.prefix}`}`,
    put: async (key, body, putOptions) => {
      checkKey(key);
      return putObject(s3, key, body, putOptions);
    },
    get: async (key, getOptions = {}) => {
      checkKey(key);
      return getObject(s3, key, getOptions);
    },
    head: async (key) => {
      checkKey(key);
      return headObject(s3, key);
    },
    listVersions: async function* (prefix) {
      checkPrefix(prefix);
      for await (const page of versionPages(s3, s3.prefix + prefix)) {
        for (const version of page) yield toObjectVersion(s3, version);
      }
    },
    deleteAllVersions: async (prefix, before, only) => {
      if (prefix === '') throw new ObjectStoreError('deleteAllVersions needs a prefix', { retryable: false });
      checkPrefix(prefix);
      return deleteTogether(prefix, before, only);
    },
    objectLock: () => objectLockOf(s3),
    setLegalHold: async (prefix, isOn) => {
      if (prefix === '') throw new ObjectStoreError('setLegalHold needs a prefix', { retryable: false });
      checkPrefix(prefix);
      return setLegalHold(s3, prefix, isOn);
    },
    presignGet: (key, expiresInSeconds, versionId) => presign(s3, key, expiresInSeconds, versionId),
    ping: createPing(s3),
    close: async () => {
      clearInterval(sweeping);
      s3.client.destroy();
    },
  };
}

async function presign(s3: S3Context, key: string, expiresInSeconds: number, versionId?: string): Promise<string> {
  checkKey(key);
  const command = new GetObjectCommand({ Bucket: s3.bucket, Key: s3.prefix + key, VersionId: versionId });
  return getSignedUrl(s3.client, command, { expiresIn: expiresInSeconds }).catch((error) => {
    throw toS3StoreError(error, `signing a URL for ${key}`, s3);
  });
}
