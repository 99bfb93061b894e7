import { randomUUID } from 'node:crypto';
import { type Listener, startListener } from '../../postgres/listener.ts';
import type { Pool } from '../../postgres/pool.ts';
import type { Logger } from '../../telemetry/logger.ts';

const CHANNEL = 'onrecord_event_log';
/** A notification may carry 8,000 bytes; more ids than this are told as "any partition". */
const IDS_MAX = 500;

/** What a subscription wants to be told at once instead of finding it out by looking. */
export interface Sleeper {
  /** Records were appended to these partitions; undefined means that it may be any. */
  onAppended(partitionIds: readonly number[] | undefined): void;
  /** A member joined or left, or partitions became free. */
  onGroupChanged(group: string): void;
  /** The connection that notifications come by is a new one. */
  onSession(pid: number): void;
}

/**
 * Tells what happened to the subscriptions of this process directly, and to those of others by NOTIFY. It is sent after the commit
 * and on its own: inside the transaction it would make all commits of the database wait for each other.
 */
export class WakeUps {
  readonly #pool: Pool;
  readonly #logger: Logger;
  /** Tells our own notifications from others'. */
  readonly #self = randomUUID().slice(0, 8);
  readonly #sleepers = new Set<Sleeper>();
  readonly #unsent = new Set<string>();
  #sending: Promise<void> | undefined;
  #listener: Listener | undefined;
  #sessionPid: number | undefined;

  constructor(pool: Pool, logger: Logger) {
    this.#pool = pool;
    this.#logger = logger;
  }

  /** Listening begins with the first. */
  add(sleeper: Sleeper) {
    this.#sleepers.add(sleeper);
    this.#listener ??= startListener({
      pool: this.#pool,
      logger: this.#logger,
      channels: [CHANNEL],
      onNotification: ({ payload = '' }) => this.#received(payload),
      onListening: ({ pid }) => this.#listening(pid),
    });
    if (this.#sessionPid !== undefined) sleeper.onSession(this.#sessionPid);
  }

  remove(sleeper: Sleeper) {
    this.#sleepers.delete(sleeper);
  }

  appended(partitionIds: readonly number[]) {
    for (const sleeper of this.#sleepers) sleeper.onAppended(partitionIds);
    this.#send(partitionIds.map(String));
  }

  groupChanged(group: string) {
    for (const sleeper of this.#sleepers) sleeper.onGroupChanged(group);
    this.#send([`group ${group}`]);
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#listener?.close();
  }

  /** While one notification is on its way, the next ones gather. */
  #send(words: readonly string[]) {
    for (const word of words) this.#unsent.add(word);
    this.#sending ??= this.#flush().finally(() => {
      this.#sending = undefined;
    });
  }

  async #flush(): Promise<void> {
    while (this.#unsent.size > 0) {
      const words = [...this.#unsent];
      this.#unsent.clear();
      const groups = words.filter((word) => word.startsWith('group '));
      const ids = words.length > IDS_MAX ? ['any'] : words.filter((word) => !word.startsWith('group '));
      const payloads = [...groups, ...(ids.length > 0 ? [ids.join(',')] : [])].map((text) => `${this.#self} ${text}`);
      try {
        await this.#pool.query({
          name: 'event-log-notify',
          text: `SELECT pg_notify('${CHANNEL}', payload) FROM unnest($1::text[]) AS payload`,
          values: [payloads],
        });
      } catch (err) {
        // Others find out by looking.
        this.#logger.debug({ err }, 'a notification could not be sent');
      }
    }
  }

  #received(payload: string) {
    const [sender, text = ''] = splitOnce(payload, ' ');
    if (sender === this.#self) return;
    const group = text.startsWith('group ') ? text.slice('group '.length) : undefined;
    const ids = text === 'any' ? undefined : text.split(',').map(Number);
    for (const sleeper of this.#sleepers) {
      if (group === undefined) sleeper.onAppended(ids);
      else sleeper.onGroupChanged(group);
    }
  }

  #listening(pid: number) {
    this.#sessionPid = pid;
    for (const sleeper of this.#sleepers) {
      sleeper.onSession(pid);
      sleeper.onAppended(undefined);
    }
  }
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}
