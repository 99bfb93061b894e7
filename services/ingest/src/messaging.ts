import type { Consumer } from '@onrecord/shared/event-log/consumer';
import type { EventLog } from '@onrecord/shared/event-log/port';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Acceptance } from './acceptance.ts';
import { createTwilioMessages } from './adapters/twilio-messages.ts';
import type { IngestConfig } from './config.ts';
import { createDailyBound } from './messages/daily-bound.ts';
import { startMessaging } from './messages/start.ts';

export interface OpeningMessaging {
  config: IngestConfig;
  eventLog: EventLog;
  publish: Acceptance['publish'];
  registry: Registry;
  logger: Logger;
  now(): Date;
  onFailure(error: Error): void;
}

/** Sends requested messages where that is turned on. @throws EventLogUnavailableError */
export async function openMessaging(options: OpeningMessaging): Promise<Consumer | undefined> {
  const { config, eventLog: log, publish, registry: metrics, logger, now, onFailure } = options;
  const { accountSid, messaging, shutdownTimeoutMs: drainTimeoutMs } = config;
  if (messaging === undefined) return undefined;
  const messages = createTwilioMessages({ ...config.twilioApi, accountSid });
  const takeFromDay = createDailyBound(messaging.perDayMax, now);
  const { maxAgeMs } = messaging;
  return startMessaging(
    { accountSid, messages, publish, now, maxAgeMs, takeFromDay },
    { log, logger, metrics, drainTimeoutMs, onFailure },
  );
}
