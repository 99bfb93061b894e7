import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings } from '../config/settings.ts';
import { objectStoreSettings, toObjectStoreOptions } from './settings.ts';

const optionsOf = (environment: Record<string, string>) =>
  toObjectStoreOptions(readSettings(z.object(objectStoreSettings), environment));

describe('object store settings', () => {
  // With a default, a service that was told nothing stored recordings in its working folder, where another one did not look.
  it('must say where recordings are kept', () => {
    expect(() => optionsOf({})).toThrow(/RECORDINGS_BUCKET is missing/);
  });

  it.each([
    ['file:./data/recordings', './data/recordings'],
    ['file:recordings', 'recordings'],
    ['file:/srv/recordings', '/srv/recordings'],
    ['file:///srv/our%20recordings', '/srv/our recordings'],
  ])('take the folder %s', (url, folder) => {
    expect(optionsOf({ RECORDINGS_BUCKET: url })).toEqual({ kind: 'file', folder });
  });

  it.each([
    ['s3://recordings', { bucket: 'recordings', prefix: '' }],
    ['s3://recordings/', { bucket: 'recordings', prefix: '' }],
    ['s3://my.bucket-1/team/calls', { bucket: 'my.bucket-1', prefix: 'team/calls' }],
    ['s3://my.bucket-1/team/calls/', { bucket: 'my.bucket-1', prefix: 'team/calls' }],
  ])('take the bucket %s', (url, place) => {
    expect(optionsOf({ RECORDINGS_BUCKET: url })).toMatchObject({ kind: 's3', ...place });
  });

  it.each([
    'recordings',
    '/srv/recordings',
    'file:',
    'file://host/share',
    'file:///a%2Fb',
    's3://',
    's3://UPPER',
    's3://b/../c',
    's3://b//c',
    'https://x/y',
  ])('refuse %s with an example of each kind', (url) => {
    expect(() => optionsOf({ RECORDINGS_BUCKET: url })).toThrow(/RECORDINGS_BUCKET.*file:.*s3:/);
  });

  it('hand every S3 setting to the store', () => {
    const environment = {
      RECORDINGS_BUCKET: 's3://recordings',
      S3_ENDPOINT: 'http://localhost:8333',
      S3_REGION: 'eu-central-1',
      S3_FORCE_PATH_STYLE: 'true',
      S3_CREATE_BUCKET: 'true',
      S3_SSE_KMS_KEY_ID: 'key',
      S3_PART_BYTES: '5242880',
      S3_PARTS_IN_FLIGHT: '2',
      S3_PART_CHECKSUM: 'md5',
      S3_REQUEST_TIMEOUT: '30s',
    };
    expect(optionsOf(environment)).toEqual({
      kind: 's3',
      bucket: 'recordings',
      prefix: '',
      endpoint: 'http://localhost:8333',
      region: 'eu-central-1',
      forcePathStyle: true,
      createBucket: true,
      sseKmsKeyId: 'key',
      partBytes: 5_242_880,
      partsInFlight: 2,
      partChecksum: 'md5',
      requestTimeoutMs: 30_000,
    });
  });

  it('refuse parts smaller than S3 takes', () => {
    expect(() => optionsOf({ RECORDINGS_BUCKET: 's3://recordings', S3_PART_BYTES: '1024' })).toThrow(
      /S3_PART_BYTES is "1024".*5242880/,
    );
  });
});
