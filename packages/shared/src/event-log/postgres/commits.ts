import type { Pool } from '../../postgres/pool.ts';
import { isRetryable } from '../../postgres/transaction.ts';
import { PartitionLostError } from '../port.ts';
import { orUnavailable } from './unavailable.ts';

interface Commit {
  partitionId: number;
  epoch: bigint;
  nextOffset: bigint;
  resolve(): void;
  reject(error: unknown): void;
}

/** A commit counts only while nobody has claimed the partition since, and never goes back. */
const COMMIT = `
  UPDATE event_log.claims AS c SET next_offset = greatest(c.next_offset, done.next_offset)
  FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS done (partition_id, epoch, next_offset)
  WHERE c.group_name = $1 AND c.partition_id = done.partition_id AND c.epoch = done.epoch AND c.member = $5
  RETURNING c.partition_id AS "partitionId"`;

/** Commits of a member: those that come while one is on its way go together in the next. */
export class Commits {
  readonly #pool: Pool;
  readonly #member: { id: string; group: string };
  readonly #timeoutMs: number;
  #waiting: Commit[] = [];
  #sending: Promise<void> | undefined;

  constructor(pool: Pool, member: { id: string; group: string }, timeoutMs: number) {
    this.#pool = pool;
    this.#member = member;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @throws PartitionLostError when the claim of that epoch is over
   * @throws EventLogUnavailableError
   */
  commit(claim: { partitionId: number; epoch: bigint }, nextOffset: bigint): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ partitionId: claim.partitionId, epoch: claim.epoch, nextOffset, resolve, reject });
      this.#sending ??= this.#sendAll().finally(() => {
        this.#sending = undefined;
      });
    });
  }

  async #sendAll(): Promise<void> {
    // What else is committed in this turn of the event loop goes along.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) {
      const commits = this.#waiting.splice(0);
      try {
        const kept = await orUnavailable(this.#send(commits), this.#timeoutMs, 'take a commit');
        for (const commit of commits) {
          if (kept.has(commit.partitionId)) commit.resolve();
          else commit.reject(new PartitionLostError('the partition was claimed by another member of the group'));
        }
      } catch (error) {
        for (const commit of commits) commit.reject(error);
      }
    }
  }

  async #send(commits: readonly Commit[]): Promise<ReadonlySet<number>> {
    const highest = new Map<number, Commit>();
    for (const commit of commits) {
      const known = highest.get(commit.partitionId);
      if (!known || commit.nextOffset > known.nextOffset) highest.set(commit.partitionId, commit);
    }
    const sorted = [...highest.values()].sort((a, b) => a.partitionId - b.partitionId);
    const values = [
      this.#member.group,
      sorted.map(({ partitionId }) => partitionId),
      sorted.map(({ epoch }) => epoch),
      sorted.map(({ nextOffset }) => nextOffset),
      this.#member.id,
    ];
    const { rows } = await this.#query(values);
    return new Set(rows.map(({ partitionId }) => partitionId));
  }

  /** A commit may be repeated, so a deadlock with a member that claims is no more than a delay. */
  async #query(values: unknown[]) {
    const statement = { name: 'event-log-commit', text: COMMIT, values };
    try {
      return await this.#pool.query<{ partitionId: number }>(statement);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      return this.#pool.query<{ partitionId: number }>(statement);
    }
  }
}
