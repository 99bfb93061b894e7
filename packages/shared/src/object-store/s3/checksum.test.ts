import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkStored, checksumOf } from './checksum.ts';

const body = Buffer.from('hello');
const md5 = createHash('md5').update(body).digest('hex');
const crc32 = checksumOf(body, 'crc32');
const check = (stored: Parameters<typeof checkStored>[2]) => () => checkStored(body, crc32, stored, 'put');

describe('checksums of parts', () => {
  it('are written as S3 wants them', () => {
    // The CRC-32 of "hello" is 3610a686, its MD5 5d41402abc4b2a76b9719d911017c592.
    expect(crc32).toEqual({ ChecksumCRC32: 'NhCmhg==' });
    expect(checksumOf(body, 'md5')).toEqual({ ContentMD5: 'XUFAKrxLKna5cZ2REBfFkg==' });
  });

  it('are compared with what the server found', () => {
    expect(check({ ChecksumCRC32: 'NhCmhg==', ETag: '"whatever"' })).not.toThrow();
    expect(check({ ChecksumCRC32: 'AAAAAA==', ETag: `"${md5}"` })).toThrow(/other bytes than were sent/);
  });

  it('fall back to the ETag where a server ignored the CRC-32', () => {
    expect(check({ ETag: `"${md5}"` })).not.toThrow();
    expect(check({ ETag: `"${'0'.repeat(32)}"` })).toThrow(/other bytes than were sent/);
  });

  it('do not take an ETag for an MD5 that is none', () => {
    expect(check({ ETag: '"opaque"' })).not.toThrow();
    expect(check({ ETag: `"${'0'.repeat(32)}"`, ServerSideEncryption: 'aws:kms' })).not.toThrow();
  });
});
