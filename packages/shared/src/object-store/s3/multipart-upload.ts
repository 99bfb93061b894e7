import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { checkStored, checksumOf } from './checksum.ts';
import type { S3Context } from './context.ts';
import type { Part } from './cut-into-parts.ts';
import { encryptionOf } from './encryption.ts';
import { toS3StoreError } from './errors.ts';
import { settleConflict } from './own-write.ts';
import type { PutTarget } from './put-target.ts';

/** How long a failed put waits until the server has dropped its parts. A deletion under the same prefix drops them as well. */
const ABORT_TIMEOUT_MS = 10_000;

export interface Upload {
  /** Sends a part in the background; `stored` is called when its buffer is free again. A failure aborts the put. */
  send(part: Part, stored: () => void): void;
  /** Waits for every part and makes the object visible. @returns the version id, where there is one */
  complete(bytes: number): Promise<string | undefined>;
  /** Drops what was sent. Never throws: the failure that led to it is the one to report. */
  abort(): Promise<void>;
}

export async function startUpload(s3: S3Context, target: PutTarget): Promise<Upload> {
  const place = { Bucket: s3.bucket, Key: target.key, UploadId: await createUpload(s3, target) };
  const { control } = target;
  const completed: CompletedPart[] = [];
  const pending = new Set<Promise<void>>();

  const sendPart = async ({ number, body }: Part) => {
    const action = `part ${number} of ${target.key}`;
    const checksum = checksumOf(body, s3.limits.partChecksum);
    const command = new UploadPartCommand({ ...place, PartNumber: number, Body: body, ...checksum });
    const stored = await s3.client.send(command, { abortSignal: control.signal }).catch((error) => {
      throw toS3StoreError(error, action, s3);
    });
    checkStored(body, checksum, stored, action);
    completed.push({ PartNumber: number, ETag: stored.ETag, ChecksumCRC32: stored.ChecksumCRC32 });
  };

  return {
    send(part, stored) {
      const sending = sendPart(part)
        .then(stored, (error) => control.abort(error))
        .finally(() => pending.delete(sending));
      pending.add(sending);
    },
    async complete(bytes) {
      await Promise.all(pending);
      control.signal.throwIfAborted();
      completed.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
      return completeUpload(s3, target, { ...place, MpuObjectSize: bytes, MultipartUpload: { Parts: completed } });
    },
    async abort() {
      await Promise.all(pending);
      const command = new AbortMultipartUploadCommand(place);
      await s3.client.send(command, { abortSignal: AbortSignal.timeout(ABORT_TIMEOUT_MS) }).catch(() => {});
    },
  };
}

async function createUpload(s3: S3Context, target: PutTarget): Promise<string | undefined> {
  const command = new CreateMultipartUploadCommand({
    Bucket: s3.bucket,
    Key: target.key,
    ContentType: target.contentType,
    Metadata: { 'onrecord-put': target.putId },
    ...(s3.limits.partChecksum === 'crc32' && { ChecksumAlgorithm: 'CRC32' }),
    ...encryptionOf(s3),
  });
  try {
    return (await s3.client.send(command, { abortSignal: target.control.signal })).UploadId;
  } catch (error) {
    throw toS3StoreError(error, `start of the upload of ${target.key}`, s3);
  }
}

async function completeUpload(
  s3: S3Context,
  target: PutTarget,
  input: ConstructorParameters<typeof CompleteMultipartUploadCommand>[0],
): Promise<string | undefined> {
  const command = new CompleteMultipartUploadCommand({ ...input, ...(target.createOnly && { IfNoneMatch: '*' }) });
  try {
    return (await s3.client.send(command, { abortSignal: target.control.signal })).VersionId;
  } catch (error) {
    return settleConflict(s3, target, toS3StoreError(error, `completion of ${target.key}`, s3));
  }
}
