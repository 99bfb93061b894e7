import { createHash, randomUUID } from 'node:crypto';
import type { PutOptions, PutResult } from '../port.ts';
import { readSource } from '../read-source.ts';
import type { S3Context } from './context.ts';
import { cutIntoParts } from './cut-into-parts.ts';
import { requireEncryption } from './encryption.ts';
import { startUpload, type Upload } from './multipart-upload.ts';
import { PartBuffers } from './part-buffers.ts';
import type { PutTarget } from './put-target.ts';
import { putWhole } from './put-whole.ts';

/**
 * One request when everything fits into a part, a multipart upload otherwise.
 * @throws ObjectExistsError, ObjectStoreError; whatever the source throws; the signal's reason
 */
export async function putObject(
  s3: S3Context,
  key: string,
  body: AsyncIterable<Uint8Array> | Uint8Array,
  options: PutOptions,
): Promise<PutResult> {
  const control = new AbortController();
  const onAbort = () => control.abort(options.signal?.reason);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort);
  const { contentType, createOnly = false } = options;
  const target: PutTarget = { key: s3.prefix + key, contentType, createOnly, putId: randomUUID(), control };
  try {
    const { versionId, ...written } = await writeParts(s3, target, readSource(body, control.signal));
    await requireEncryption(s3, target.key, versionId);
    return { key, ...written, ...(versionId && versionId !== 'null' && { versionId }) };
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
}

async function writeParts(s3: S3Context, target: PutTarget, source: AsyncIterable<Uint8Array>) {
  const hash = createHash('sha256');
  const buffers = new PartBuffers(s3.limits.partsInFlight, target.control.signal);
  let bytes = 0;
  let upload: Upload | undefined;
  try {
    for await (const part of cutIntoParts(tapped(source, hash), s3.limits.partBytes, buffers)) {
      bytes += part.body.byteLength;
      if (part.number === 1 && part.isLast) {
        const versionId = await putWhole(s3, target, part.body);
        buffers.giveBack(part.buffer);
        return { bytes, sha256: hash.digest('hex'), versionId };
      }
      upload ??= await startUpload(s3, target);
      upload.send(part, () => buffers.giveBack(part.buffer));
    }
    const versionId = await upload?.complete(bytes);
    return { bytes, sha256: hash.digest('hex'), versionId };
  } catch (error) {
    target.control.abort(error);
    await upload?.abort();
    throw target.control.signal.reason;
  } finally {
    buffers.dispose();
  }
}

async function* tapped(source: AsyncIterable<Uint8Array>, hash: { update(chunk: Uint8Array): unknown }) {
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
}
