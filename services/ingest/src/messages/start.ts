import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, type ConsumerOptions, startConsumer } from '@onrecord/shared/event-log/consumer';
import { TOPICS } from '@onrecord/shared/events';
import { Counter } from 'prom-client';
import { type Outcome, publishOutcome, type Sending, sendMessage } from '../send-message.ts';

export interface MessagingOptions extends Omit<Sending, 'waitForList' | 'wasMet'> {
  /** Whose messages are sent. */
  accountSid: string;
  /** How long Twilio's list may take to show what was sent, in milliseconds. Default 5 s. */
  listLagMs?: number | undefined;
}

type ConsumerParts = Pick<
  ConsumerOptions,
  'log' | 'logger' | 'metrics' | 'retryPolicy' | 'onFailure' | 'drainTimeoutMs'
>;

/** Shares the work of all instances; retention reads the same topic in a group of its own. */
const GROUP = 'messages';
/** Twilio queues for the senders behind it; more at a time would only meet its limit on requests. */
const CONCURRENCY = 4;
const LIST_LAG_MS = 5_000;
/** More than are met within the minutes in which a request may come again. */
const MET_MAX = 1_000;

/** Sends what `message.requested` asks for, outside of any webhook, until closed. */
export async function startMessaging(options: MessagingOptions, consumer: ConsumerParts): Promise<Consumer> {
  const { listLagMs = LIST_LAG_MS, accountSid } = options;
  const waitForList = async (signal: AbortSignal) => void (await sleep(listLagMs, undefined, { signal }));
  const sending: Sending = { ...options, waitForList, wasMet: rememberMet(MET_MAX) };
  const outcomes = new Counter({
    name: 'onrecord_ingest_messages_total',
    help: 'Requested text messages by what became of them: sent, opted-out, refused, expired, over-limit, gave-up.',
    labelNames: ['outcome'],
    registers: [consumer.metrics],
  });
  const count = (outcome: Outcome) => outcomes.inc({ outcome: nameOf(outcome) });
  return startConsumer({
    ...consumer,
    group: GROUP,
    topics: [TOPICS.telephony],
    concurrency: CONCURRENCY,
    handle: async (event, { attempt, signal, logger }) => {
      if (event.type !== 'onrecord.message.requested.v1' || event.data.accountSid !== accountSid) return;
      const { callSid, reason, to } = event.data;
      const outcome = await sendMessage(event.data, { attempt, signal, traceparent: event.traceparent }, sending);
      count(outcome);
      const code = 'message' in outcome ? undefined : outcome.errorCode;
      logger.info({ callSid, reason, to, outcome: nameOf(outcome), code }, 'a requested message was seen to');
    },
    onDeadLetter: async (event, { stage }) => {
      if (stage === 'parse' || event?.type !== 'onrecord.message.requested.v1') return;
      if (event.data.accountSid !== accountSid) return;
      const outcome = { cause: 'gave-up', isOptedOut: false };
      await publishOutcome(event.data, outcome, event.traceparent, sending);
      count(outcome);
    },
  });
}

/** Remembers the newest `max` requests. */
export function rememberMet(max: number): Sending['wasMet'] {
  const met = new Set<string>();
  return ({ accountSid, callSid, reason }) => {
    const key = `${accountSid}/${callSid}/${reason}`;
    const before = met.delete(key);
    met.add(key);
    for (const oldest of met) {
      if (met.size <= max) break;
      met.delete(oldest);
    }
    return before;
  };
}

const nameOf = (outcome: Outcome) => ('message' in outcome ? 'sent' : outcome.cause);
