import { randomBytes } from 'node:crypto';
import { readConfig } from '@onrecord/ingest/config';
import { openEventLog } from '@onrecord/shared/event-log/open';
import type { EventLog, Subscription } from '@onrecord/shared/event-log/port';
import { createEvent, messageRequested, type OnrecordEvent, TOPICS } from '@onrecord/shared/events';
import { fromRecord, toRecord } from '@onrecord/shared/events/kafka-binding';
import { createLogger } from '@onrecord/shared/telemetry/logger';

const logger = createLogger({ service: 'test', level: 'silent' });
export const BODY = 'Sorry that nobody could take your call.';
const OUTCOMES = ['onrecord.message.sent.v1', 'onrecord.message.failed.v1'];

type Outcome = Extract<OnrecordEvent, { type: 'onrecord.message.sent.v1' | 'onrecord.message.failed.v1' }>;

/** Asks for messages as the voice application does, and reads what became of them, on the installation's own event log. */
export class MessageEvents {
  readonly outcomes: Outcome[] = [];
  readonly #accountSid: string;
  readonly #log: EventLog;
  #subscription: Subscription | undefined;

  private constructor(accountSid: string, log: EventLog) {
    this.#accountSid = accountSid;
    this.#log = log;
  }

  static async open(environment: Record<string, string>): Promise<MessageEvents> {
    const config = readConfig(environment);
    const events = new MessageEvents(
      config.accounts.own.accountSid,
      await openEventLog({ ...config.eventLog, clientId: 'messages-test', logger }),
    );
    await events.#follow();
    return events;
  }

  /** Resolves with the CallSid when the request is durable, as often as it is published. `ageSeconds` ago it was made. */
  async request(to: string, { ageSeconds = 0, times = 1 } = {}): Promise<string> {
    const requestedAt = new Date(Date.now() - ageSeconds * 1_000).toISOString();
    const callSid = `CA${randomBytes(16).toString('hex')}`;
    const request = {
      accountSid: this.#accountSid,
      callSid,
      to,
      from: '+14155550199',
      body: BODY,
      reason: 'dial-busy',
    };
    const event = createEvent(messageRequested, { ...request, requestedAt }, { time: requestedAt });
    await this.#log.append(Array.from({ length: times }, () => toRecord(event)));
    return callSid;
  }

  /** The ids of what became of the messages of a call, without those that were published again. */
  outcomesOf(callSid: string): string[] {
    return [...new Set(this.outcomes.filter(({ subject }) => subject === callSid).map(({ id }) => id))];
  }

  async close(): Promise<void> {
    await this.#subscription?.close();
    await this.#log.close();
  }

  async #follow(): Promise<void> {
    this.#subscription = await this.#log.subscribe({
      group: `test.${randomBytes(6).toString('hex')}`,
      topics: [TOPICS.telephony],
      listener: {
        onRecords: (records) => {
          const events = records.filter(({ headers }) => OUTCOMES.includes(headers.ce_type ?? '')).map(fromRecord);
          this.outcomes.push(...(events as Outcome[]));
        },
        onRevoking: async () => {},
        onFailure: (error) => {
          throw error;
        },
      },
    });
  }
}
