/** Times in milliseconds. */
export interface PostgresEventLogLimits {
  /** An append, a commit or a ping without an answer for longer fails as unavailable. */
  answerTimeoutMs: number;
  /** How often a member says that it lives, and looks for partitions to claim or to give up. */
  heartbeatIntervalMs: number;
  /** A member that said nothing for longer is dead. Several heartbeats, so that a slow moment of process or database is not a death. */
  leaseMs: number;
  /**
   * A member whose connection is gone is dead after this, without waiting for its lease. Longer than a heartbeat interval, so that a
   * member which merely connects anew is not taken for dead.
   */
  sessionGraceMs: number;
  /** How often partitions are read without having been told to: it only matters when a notification was lost. */
  pollIntervalMs: number;
  /** Records, and bytes of their values, handed over from one read of all partitions. */
  readRecordsMax: number;
  readBytesMax: number;
  /** How long `onRevoking` may take; then the partitions are given up all the same. */
  revokeTimeoutMs: number;
  /** How long the database may be out of reach before `onFailure`. Meanwhile the subscription keeps trying. */
  outageMaxMs: number;
  /** From a failed attempt to the next. */
  retryDelayMs: number;
  trimIntervalMs: number;
  /** Records deleted by one statement. */
  trimBatch: number;
  /** A group without a member for longer holds no records back any more. */
  groupForgottenAfterMs: number;
}

export const DEFAULT_LIMITS: PostgresEventLogLimits = {
  answerTimeoutMs: 10_000,
  heartbeatIntervalMs: 2_000,
  leaseMs: 10_000,
  sessionGraceMs: 3_000,
  pollIntervalMs: 5_000,
  readRecordsMax: 500,
  readBytesMax: 4 * 1024 * 1024,
  revokeTimeoutMs: 30_000,
  outageMaxMs: 5 * 60_000,
  retryDelayMs: 500,
  trimIntervalMs: 60_000,
  trimBatch: 1_000,
  groupForgottenAfterMs: 30 * 24 * 3_600_000,
};
