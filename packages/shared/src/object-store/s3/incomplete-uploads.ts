import { AbortMultipartUploadCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { isUnder } from '../key.ts';
import type { S3Context } from './context.ts';
import { isNotImplemented, toS3StoreError } from './errors.ts';

/** The parts of an upload that was never completed: no object, but bytes of a recording all the same. */
export interface IncompleteUpload {
  key: string;
  uploadId: string;
  /** When it was begun, by the server's clock, where the server says so. */
  initiated?: Date | undefined;
}

/** Those under a full prefix; none where a server cannot list them. */
export async function listIncompleteUploads(s3: S3Context, prefix: string): Promise<IncompleteUpload[]> {
  const uploads: IncompleteUpload[] = [];
  for await (const upload of incompleteUploads(s3, prefix)) if (isUnder(prefix, upload.key)) uploads.push(upload);
  return uploads;
}

/** Every upload whose full key starts with `prefix`; none where a server cannot list them. */
export async function* incompleteUploads(
  s3: S3Context,
  prefix: string,
): AsyncGenerator<IncompleteUpload, void, undefined> {
  let KeyMarker: string | undefined;
  let UploadIdMarker: string | undefined;
  do {
    const command = new ListMultipartUploadsCommand({ Bucket: s3.bucket, Prefix: prefix, KeyMarker, UploadIdMarker });
    const page = await s3.client.send(command).catch((error) => {
      if (isNotImplemented(error)) return undefined;
      throw toS3StoreError(error, `listing of uploads under ${prefix}`, s3);
    });
    for (const { Key = '', UploadId = '', Initiated } of page?.Uploads ?? []) {
      yield { key: Key, uploadId: UploadId, initiated: Initiated };
    }
    KeyMarker = page?.IsTruncated ? page.NextKeyMarker : undefined;
    UploadIdMarker = page?.IsTruncated ? page.NextUploadIdMarker : undefined;
  } while (KeyMarker !== undefined);
}

/** @returns why it could not be dropped; undefined when it was */
export async function dropUpload(
  s3: S3Context,
  { key, uploadId }: IncompleteUpload,
  abortSignal?: AbortSignal,
): Promise<string | undefined> {
  const command = new AbortMultipartUploadCommand({ Bucket: s3.bucket, Key: key, UploadId: uploadId });
  try {
    await s3.client.send(command, { abortSignal });
    return undefined;
  } catch (error) {
    return toS3StoreError(error, `dropping the upload of ${key}`, s3).message;
  }
}
