/** Of the log that the benchmark of the consumer fills and reads. */
export const benchLog = (url: string) =>
  ({
    url,
    clientId: 'bench',
    partitions: 12,
    retentionMs: 3_600_000,
    saslMechanism: 'plain',
    allowSingleCopy: false,
  }) as const;
