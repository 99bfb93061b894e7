import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { PartChecksum } from '../options.ts';
import { ObjectStoreError } from '../port.ts';

/** What a request says about its body, for the server to check. */
export interface BodyChecksum {
  ChecksumCRC32?: string;
  ContentMD5?: string;
}

interface StoredBody {
  ETag?: string | undefined;
  ChecksumCRC32?: string | undefined;
  ServerSideEncryption?: string | undefined;
}

export function checksumOf(body: Uint8Array, kind: PartChecksum): BodyChecksum {
  if (kind === 'md5') return { ContentMD5: createHash('md5').update(body).digest('base64') };
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return { ChecksumCRC32: bytes.toString('base64') };
}

/**
 * A server that knows CRC-32 repeats what it found. One that does not has ignored the header, so its ETag is compared: without
 * encryption that is the MD5 of the body.
 * @throws ObjectStoreError when the server holds other bytes than were sent
 */
export function checkStored(body: Uint8Array, sent: BodyChecksum, stored: StoredBody, action: string): void {
  if (sent.ContentMD5 !== undefined) return;
  const same = stored.ChecksumCRC32 ? stored.ChecksumCRC32 === sent.ChecksumCRC32 : matchesETag(body, stored);
  if (!same) throw new ObjectStoreError(`${action}: the server holds other bytes than were sent`, { retryable: true });
}

function matchesETag(body: Uint8Array, { ETag, ServerSideEncryption }: StoredBody): boolean {
  const md5 = /^"?([0-9a-f]{32})"?$/.exec(ETag ?? '')?.[1];
  if (md5 === undefined || ServerSideEncryption !== undefined) return true;
  return md5 === createHash('md5').update(body).digest('hex');
}
