import { ObjectStoreError } from '../port.ts';
import type { S3Context } from './context.ts';

/** What the SDK throws, as far as it is used here: an answer of the server, or a Node.js error with a code. */
interface SdkError extends Error {
  code?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
}

const RETRYABLE_NAMES = [
  'BadDigest',
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'ExpiredToken',
];
const NETWORK_CODES = /^(E[A-Z]+|UND_ERR_.*|CERT_.*|DEPTH_ZERO.*|SELF_SIGNED.*|UNABLE_TO.*)$/;

export const statusOf = (error: unknown): number | undefined => (error as SdkError).$metadata?.httpStatusCode;
export const nameOf = (error: unknown): string => (error as Error).name;
/** How often the request was sent before it came to this error. */
export const attemptsOf = (error: unknown): number => (error as SdkError).$metadata?.attempts ?? 1;

/** Whether the server says that it does not have such an operation. */
export const isNotImplemented = (error: unknown): boolean =>
  [405, 501].includes(statusOf(error) ?? 0) || nameOf(error) === 'NotImplemented';

/** Says which operation failed and, where it is a matter of settings, which one to correct. */
export function toS3StoreError(error: unknown, action: string, s3: S3Context): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const { name, message, code } = error as SdkError;
  const status = statusOf(error);
  const place = s3.endpoint ?? 'AWS';
  // The answer to a HEAD request has no body that could name the error.
  const said = name === 'Unknown' ? `the server answered ${status}.` : `${name}: ${message}`;
  const make = (text: string, retryable: boolean) =>
    new ObjectStoreError(`${action} in bucket ${s3.bucket} at ${place}: ${text}`, { retryable, cause: error });

  if (name === 'NoSuchBucket') return make('there is no such bucket. Create it, or correct RECORDINGS_BUCKET', false);
  if (name === 'CredentialsProviderError')
    return make('no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this host a role', false);
  if (message === 'Region is missing') return make('no region. Set S3_REGION', false);
  if (name === 'RequestTimeTooSkewed') return make('the clock of this host is wrong', false);
  if (status === 301) return make('the bucket is in another region. Correct S3_REGION', false);
  if (status === 401 || (status === 403 && name !== 'ExpiredToken'))
    return make(`${said} Check the credentials and what they may do in this bucket`, false);
  if (status === undefined && (name === 'TimeoutError' || NETWORK_CODES.test(code ?? '')))
    return make(`it cannot be reached (${code ?? name}: ${message}). Check S3_ENDPOINT and the network`, true);
  const retryable = RETRYABLE_NAMES.includes(name) || status === undefined || status === 429 || status >= 500;
  return make(said, retryable);
}
