import { setTimeout as sleep } from 'node:timers/promises';
import { judgeMessaging } from '@onrecord/shared/doctor/domain/judge-messages';
import { voiceFileNumbers } from '@onrecord/shared/doctor/voice-file-numbers';
import type { Consumer } from '@onrecord/shared/event-log/consumer';
import type { EventLog } from '@onrecord/shared/event-log/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import { credentialsOf, type TwilioAccount, type TwilioAccounts } from '@onrecord/shared/twilio/accounts';
import type { Registry } from 'prom-client';
import type { Acceptance } from './acceptance.ts';
import { createTwilioMessages } from './adapters/twilio-messages.ts';
import { createBoundInTime } from './bound-in-time.ts';
import type { IngestConfig } from './config.ts';
import type { MessageRequest } from './domain/earlier-message.ts';
import { messageStatusPath } from './domain/read-message-status.ts';
import { createMessageMetrics, startMessaging } from './messages/start.ts';
import type { Messages } from './send-message.ts';

export interface OpeningMessaging {
  config: IngestConfig;
  accounts: TwilioAccounts;
  eventLog: EventLog;
  publish: Acceptance['publish'];
  registry: Registry;
  logger: Logger;
  now(): Date;
  onFailure(error: Error): void;
}

/** The event log is back within minutes; asking costs little. */
const RETRY_MS = 5_000;
const DAY_MS = 86_400_000;

/** Sends requested messages where that is turned on, as soon as the event log is there: callbacks do not wait for that. */
export function openMessaging(options: OpeningMessaging): { close(): Promise<void> } | undefined {
  const { config, accounts, eventLog: log, publish, registry, logger, now, onFailure } = options;
  const { messaging, shutdownTimeoutMs: drainTimeoutMs } = config;
  if (messaging === undefined) {
    tellOfUnsent(config.voice, logger);
    return undefined;
  }
  const isWithinDay = createBoundInTime(messaging.perDayMax, DAY_MS);
  const takeFromDay = () => isWithinDay(now().getTime());
  const messagesOf = createMessagesOf(accounts, config.publicBaseUrls[0]);
  const sending = { messagesOf, publish, now, maxAgeMs: messaging.maxAgeMs, takeFromDay };
  const consumer = { log, logger, metrics: registry, drainTimeoutMs, onFailure };
  const count = createMessageMetrics(registry);
  const closing = new AbortController();
  const starting = startWhenThere(() => startMessaging({ ...sending, count }, consumer), closing.signal, logger);
  return {
    close: async () => {
      closing.abort();
      await (await starting)?.close();
    },
  };
}

/** Whether messages are asked for shows in the voice file alone. */
function tellOfUnsent(voice: IngestConfig['voice'], logger: Logger) {
  const asked = voiceFileNumbers(voice)?.asksForMessages ?? false;
  for (const { seen, remedy } of judgeMessaging(asked, false)) logger.warn({ remedy }, seen);
}

/** Whatever fails is logged and tried again: callbacks do not depend on it. */
async function startWhenThere(start: () => Promise<Consumer>, signal: AbortSignal, logger: Logger) {
  while (!signal.aborted) {
    try {
      return await start();
    } catch (err) {
      logger.warn({ err }, 'messages wait until the event log can be read');
    }
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** Each account's messages go out with its own credentials, at its own host; undefined for one that is not configured. */
function createMessagesOf(accounts: TwilioAccounts, publicBaseUrl: string | undefined) {
  const statusCallback = (request: Pick<MessageRequest, 'callSid' | 'reason'>) =>
    `${publicBaseUrl}${messageStatusPath(request)}`;
  const known = new WeakMap<TwilioAccount, Messages>();
  return (accountSid: string): Messages | undefined => {
    const account = accounts.find(accountSid);
    if (account === undefined) return undefined;
    const messages = known.get(account) ?? createTwilioMessages({ ...credentialsOf(account), statusCallback });
    known.set(account, messages);
    return messages;
  };
}
