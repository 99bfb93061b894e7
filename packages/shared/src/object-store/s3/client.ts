import { S3Client } from '@aws-sdk/client-s3';
import type { S3Limits, S3StoreOptions } from '../options.ts';

/** Servers other than AWS rarely have regions, but a request cannot be signed without one. */
const REGION_WITHOUT_AWS = 'us-east-1';

/**
 * The SDK's own checksums are left to where S3 demands them, because parts carry one of ours. It would also wait for
 * `100 Continue` before each part and open a connection for it.
 */
export function createClient(options: S3StoreOptions, limits: S3Limits): S3Client {
  const agent = { keepAlive: true, maxSockets: limits.connectionsMax };
  const client = new S3Client({
    ...(options.endpoint && { endpoint: options.endpoint }),
    ...((options.region ?? options.endpoint) && { region: options.region ?? REGION_WITHOUT_AWS }),
    ...(options.credentials && { credentials: options.credentials }),
    forcePathStyle: options.forcePathStyle ?? false,
    maxAttempts: limits.attempts,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: limits.connectTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: limits.idleTimeoutMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
  if (!options.endpoint?.startsWith('http:')) leavePartsUnsigned(client);
  return client;
}

/**
 * Over TLS nobody can alter a part on its way, so a checksum in the signed headers is enough and the SHA-256 that signing a body
 * takes is saved. Over plain HTTP parts are signed, as AWS's SDKs do.
 */
function leavePartsUnsigned(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const { headers } = args.request as { headers: Record<string, string> };
        if (commandName === 'UploadPartCommand') headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
        return next(args);
      },
    { step: 'build', name: 'leavePartsUnsigned' },
  );
}
