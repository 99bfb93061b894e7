import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, type ConsumerOptions, startConsumer } from '@onrecord/shared/event-log/consumer';
import { TOPICS } from '@onrecord/shared/events';
import { notConfigured } from '@onrecord/shared/twilio/accounts';
import { Counter, type Registry } from 'prom-client';
import { createHeardFacts } from '../reconcile/heard-facts.ts';
import { type Outcome, publishOutcome, type Sending, sendMessage } from '../send-message.ts';

export interface MessagingOptions extends Omit<Sending, 'waitForList' | 'wasMet' | 'messages'> {
  /** Where an account's messages go out; undefined for one that is not configured. */
  messagesOf(accountSid: string): Sending['messages'] | undefined;
  count(outcome: Outcome): void;
}

type ConsumerParts = Pick<
  ConsumerOptions,
  'log' | 'logger' | 'metrics' | 'retryPolicy' | 'onFailure' | 'drainTimeoutMs'
>;

/** Shares the work of all instances; retention reads the same topic in a group of its own. */
const GROUP = 'messages';
/** Twilio queues for the senders behind it; more at a time would only meet its limit on requests. */
const CONCURRENCY = 4;
/** How long Twilio's list may take to show what was sent. */
const LIST_LAG_MS = 5_000;
/** More than are met within the minutes in which a request may come again. */
const MET_MAX = 1_000;

/** Sends what `message.requested` asks for, outside of any webhook, until closed. */
export async function startMessaging(options: MessagingOptions, consumer: ConsumerParts): Promise<Consumer> {
  const { messagesOf, count } = options;
  const waitForList = async (signal: AbortSignal) => void (await sleep(LIST_LAG_MS, undefined, { signal }));
  const wasMet = rememberMet(MET_MAX);
  return startConsumer({
    ...consumer,
    group: GROUP,
    topics: [TOPICS.telephony],
    concurrency: CONCURRENCY,
    handle: async (event, { attempt, signal, logger }) => {
      if (event.type !== 'onrecord.message.requested.v1') return;
      const { accountSid, callSid, reason, to } = event.data;
      const messages = messagesOf(accountSid);
      if (messages === undefined) {
        await publishOutcome(event.data, UNKNOWN_ACCOUNT, event.traceparent, options);
        count(UNKNOWN_ACCOUNT);
        logger.warn({ callSid, reason, to }, `a requested message cannot be sent: ${notConfigured(accountSid)}`);
        return;
      }
      const sending: Sending = { ...options, messages, waitForList, wasMet };
      const outcome = await sendMessage(event.data, { attempt, signal, traceparent: event.traceparent }, sending);
      count(outcome);
      const code = 'message' in outcome ? undefined : outcome.errorCode;
      logger.info({ callSid, reason, to, outcome: nameOf(outcome), code }, 'a requested message was seen to');
    },
    onDeadLetter: async (event, { stage }) => {
      if (stage === 'parse' || event?.type !== 'onrecord.message.requested.v1') return;
      const outcome = { cause: 'gave-up', isOptedOut: false };
      await publishOutcome(event.data, outcome, event.traceparent, options);
      count(outcome);
    },
  });
}

/** Remembers the newest requests, at least `max` of them. */
export function rememberMet(max: number): Sending['wasMet'] {
  const met = createHeardFacts(max);
  return ({ accountSid, callSid, reason }) => {
    const key = `${accountSid}/${callSid}/${reason}`;
    const wasMet = met.has(key);
    met.add(key);
    return wasMet;
  };
}

/** Mending that takes a person, and longer than any message is worth. */
const UNKNOWN_ACCOUNT = { cause: 'account-not-configured', isOptedOut: false };

/** Registers its metric, so once. */
export function createMessageMetrics(registry: Registry): MessagingOptions['count'] {
  const outcomes = new Counter({
    name: 'onrecord_ingest_messages_total',
    help: 'Requested text messages by what became of them: sent, opted-out, refused, expired, over-limit, gave-up, account-not-configured.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return (outcome) => outcomes.inc({ outcome: nameOf(outcome) });
}

const nameOf = (outcome: Outcome) => ('message' in outcome ? 'sent' : outcome.cause);
