import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { EventLogUnavailableError } from '../port.ts';
import { type Client, createClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { isRefusal, rootCause, unavailable, until } from './errors.ts';

const RETRY_DELAY_MS = 1_000;

interface OpenAdmin {
  client: Client;
  admin: Admin;
  connected: Promise<void>;
}

/** An admin client that is connected when it is first needed, and thrown away with the first failure. */
export class AdminClient {
  readonly #connection: KafkaConnection;
  #open: OpenAdmin | undefined;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  /**
   * @param what continues the sentence "Kafka did not …"
   * @throws EventLogUnavailableError when the work failed for a reason that may pass, or was not done within `timeoutMs`
   */
  async run<T>(what: string, timeoutMs: number, work: (admin: Admin) => Promise<T>): Promise<T> {
    return this.#attempt(what, performance.now() + timeoutMs, work);
  }

  /** As `run`, but tries again until the time is over: the brokers may be starting, too. */
  async persist<T>(what: string, timeoutMs: number, work: (admin: Admin) => Promise<T>): Promise<T> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      try {
        return await this.#attempt(what, deadline, work);
      } catch (error) {
        if (!(error instanceof EventLogUnavailableError) || performance.now() + RETRY_DELAY_MS >= deadline) throw error;
        this.#connection.logger.warn(
          { brokers: this.#connection.brokers, reason: error.message },
          'trying Kafka again',
        );
        await sleep(RETRY_DELAY_MS);
      }
    }
  }

  async #attempt<T>(what: string, deadline: number, work: (admin: Admin) => Promise<T>): Promise<T> {
    this.#open ??= this.#connect();
    const open = this.#open;
    try {
      return await until(
        deadline,
        what,
        open.connected.then(() => work(open.admin)),
      );
    } catch (error) {
      if (!isOfKafka(error)) throw error;
      if (open === this.#open) this.close();
      if (isRefusal(error)) throw new Error(`Kafka refused to ${what}: ${rootCause(error).message}`, { cause: error });
      throw unavailable(what, error);
    }
  }

  close() {
    this.#open?.client.cut();
    this.#open?.admin.disconnect().catch(() => undefined);
    this.#open = undefined;
  }

  #connect(): OpenAdmin {
    const client = createClient(this.#connection);
    const admin = client.kafka.admin();
    const connected = admin.connect();
    connected.catch(() => undefined);
    return { client, admin, connected };
  }
}

const isOfKafka = (error: unknown) =>
  error instanceof EventLogUnavailableError || (error instanceof Error && error.name.startsWith('KafkaJS'));
