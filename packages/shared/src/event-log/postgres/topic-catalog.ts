import type { Client, Pool } from '../../postgres/pool.ts';
import { inTransaction } from '../../postgres/transaction.ts';
import { TopicMismatchError, type TopicSpec } from '../port.ts';

/** Nobody has created the topic: it is misspelt, or `ensureTopics` was not called. */
class NoSuchTopicError extends Error {
  override readonly name = 'NoSuchTopicError';
}

/** The database's ids of a topic's partitions, in the order of their numbers. */
export type PartitionIds = readonly number[];

/** Which topics there are. Partitions are never added or removed, so what was read once stays true. */
export class TopicCatalog {
  readonly #pool: Pool;
  readonly #topics = new Map<string, PartitionIds>();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** @throws NoSuchTopicError */
  async partitionsOf(topics: readonly string[]): Promise<ReadonlyMap<string, PartitionIds>> {
    if (topics.some((topic) => !this.#topics.has(topic))) await this.#read();
    const missing = topics.filter((topic) => !this.#topics.has(topic));
    if (missing.length > 0)
      throw new NoSuchTopicError(`no such topic: ${missing.join(', ')}; ensureTopics creates them`);
    return this.#topics;
  }

  async #read(): Promise<void> {
    const { rows } = await this.#pool.query<{ topic: string; ids: number[] }>(
      'SELECT topic, array_agg(id ORDER BY number) AS ids FROM event_log.partitions GROUP BY topic',
    );
    for (const { topic, ids } of rows) this.#topics.set(topic, ids);
  }
}

/** Creates what is missing; a topic's retention is what was asked for last. */
export async function ensureTopics(pool: Pool, topics: readonly TopicSpec[]): Promise<void> {
  await inTransaction(pool, async (client) => {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('event_log.topics', 0))`);
    await client.query(
      `INSERT INTO event_log.topics (name, retention_ms)
       SELECT * FROM unnest($1::text[], $2::bigint[])
       ON CONFLICT (name) DO UPDATE SET retention_ms = excluded.retention_ms
       WHERE topics.retention_ms <> excluded.retention_ms`,
      [topics.map(({ name }) => name), topics.map(({ retentionMs }) => Math.round(retentionMs))],
    );
    const counts = await countPartitions(client, topics);
    const differences = topics.flatMap((topic) => differenceOf(topic, counts.get(topic.name) ?? 0));
    if (differences.length > 0) throw new TopicMismatchError(differences.join('\n'));
    await createPartitions(
      client,
      topics.filter(({ name }) => !counts.has(name)),
    );
  });
}

async function countPartitions(client: Client, topics: readonly TopicSpec[]): Promise<Map<string, number>> {
  const { rows } = await client.query<{ topic: string; count: number }>(
    'SELECT topic, count(*)::int AS count FROM event_log.partitions WHERE topic = ANY ($1::text[]) GROUP BY topic',
    [topics.map(({ name }) => name)],
  );
  return new Map(rows.map(({ topic, count }) => [topic, count]));
}

function differenceOf({ name, partitions }: TopicSpec, there: number): string[] {
  if (there === 0 || there === partitions) return [];
  return [
    `topic ${name} has ${there} partition(s) and ${partitions} were asked for: ask for ${there}, since adding partitions would move keys away from their earlier records`,
  ];
}

async function createPartitions(client: Client, topics: readonly TopicSpec[]): Promise<void> {
  await client.query(
    `INSERT INTO event_log.partitions (topic, number)
     SELECT name, number FROM unnest($1::text[], $2::int[]) AS t (name, partitions), generate_series(0, partitions - 1) AS number
     ORDER BY name, number`,
    [topics.map(({ name }) => name), topics.map(({ partitions }) => partitions)],
  );
}
