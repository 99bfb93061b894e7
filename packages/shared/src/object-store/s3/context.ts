import type { S3Client } from '@aws-sdk/client-s3';
import { S3_DEFAULTS, type S3Limits, type S3StoreOptions } from '../options.ts';
import { createClient } from './client.ts';

/** What every operation on the bucket needs. */
export interface S3Context {
  client: S3Client;
  bucket: string;
  /** Empty, or ending with a slash. */
  prefix: string;
  /** Undefined for AWS. */
  endpoint: string | undefined;
  sseKmsKeyId: string | undefined;
  limits: S3Limits;
}

export function createContext(options: S3StoreOptions): S3Context {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const limits: S3Limits = { ...S3_DEFAULTS, ...Object.fromEntries(given) };
  return {
    client: createClient(options, limits),
    bucket: options.bucket,
    prefix: options.prefix === '' ? '' : `${options.prefix}/`,
    endpoint: options.endpoint,
    sseKmsKeyId: options.sseKmsKeyId,
    limits,
  };
}
