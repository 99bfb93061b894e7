import kafkajs, { type Message, type Producer, type TopicMessages } from 'kafkajs';
import type { LogRecord } from '../port.ts';
import { CLIENT_RETRY, type Client, createClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';

/**
 * A kafkajs producer that is used by one caller at a time and thrown away with the first failure, since both are what keeps
 * kafkajs 2.2.4 from confirming records that were not stored:
 * - When a request fails, kafkajs takes its sequence numbers back, although the broker may have stored it. The next request with as many
 *   records, if it is not the same one again, is then confirmed as a duplicate of it.
 * - When one broker confirmed its part of a request and the other part is tried again, partitions that moved to the first broker
 *   meanwhile are left out, and the request succeeds: so what was confirmed is compared with what was sent.
 */
export class OneTimeProducer {
  readonly #client: Client;
  readonly #producer: Producer;
  readonly #ackTimeoutMs: number;
  /** Where the partitioner put a message. */
  #placed = new Map<Message, number>();
  readonly #connected: Promise<void>;

  constructor(connection: KafkaConnection) {
    this.#client = createClient(connection);
    this.#ackTimeoutMs = connection.limits.appendTimeoutMs;
    this.#producer = this.#client.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      retry: CLIENT_RETRY,
      createPartitioner: () => {
        const choose = kafkajs.Partitioners.DefaultPartitioner();
        return (args) => {
          const partition = choose(args);
          this.#placed.set(args.message, partition);
          return partition;
        };
      },
    });
    this.#connected = this.#producer.connect();
    this.#connected.catch(() => undefined);
  }

  /** Resolves when every record is stored with all the copies that its topic asks for. After a rejection, `discard`. */
  async send(records: readonly LogRecord[]): Promise<void> {
    await this.#connected;
    let missing = records.map((record) => ({ topic: record.topic, message: toMessage(record) }));
    while (missing.length > 0) {
      this.#placed = new Map();
      const confirmed = await this.#producer.sendBatch({
        acks: -1,
        timeout: this.#ackTimeoutMs,
        topicMessages: byTopic(missing),
      });
      const partitions = new Set(confirmed.map(({ topicName, partition }) => `${topicName}/${partition}`));
      missing = missing.filter(({ topic, message }) => !partitions.has(`${topic}/${this.#placed.get(message)}`));
    }
  }

  /** Ends its connections at once: what is on its way may or may not arrive, but nothing is sent any more. */
  discard() {
    this.#client.cut();
    this.#producer.disconnect().catch(() => undefined);
  }
}

const toMessage = ({ key, value, headers }: LogRecord): Message => ({
  // As bytes, since kafkajs reads an empty text as no key at all.
  key: Buffer.from(key),
  value: Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  headers,
});

function byTopic(records: readonly { topic: string; message: Message }[]): TopicMessages[] {
  const topics = new Map<string, Message[]>();
  for (const { topic, message } of records) {
    const messages = topics.get(topic);
    if (messages) messages.push(message);
    else topics.set(topic, [message]);
  }
  return Array.from(topics, ([topic, messages]) => ({ topic, messages }));
}
