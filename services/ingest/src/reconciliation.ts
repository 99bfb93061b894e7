import type { EventLog } from '@onrecord/shared/event-log/port';
import type { Logger } from '@onrecord/shared/telemetry/logger';
import {
  credentialsOf,
  notConfigured,
  type TwilioAccount,
  type TwilioAccounts,
} from '@onrecord/shared/twilio/accounts';
import type { Hono } from 'hono';
import type { Registry } from 'prom-client';
import type { Acceptance } from './acceptance.ts';
import { createTwilioLists } from './adapters/twilio-lists.ts';
import type { IngestConfig } from './config.ts';
import { operatorApi } from './http/operator-api.ts';
import { createReconcileMetrics } from './metrics.ts';
import { createHeardFacts, remembering } from './reconcile/heard-facts.ts';
import { workForAccounts } from './reconcile/of-accounts.ts';
import { reconcileAccounts } from './reconcile/reconcile-accounts.ts';
import { startReconciling } from './reconcile/start.ts';
import type { TwilioLists } from './reconcile/step.ts';

export interface ReconciliationOptions {
  config: IngestConfig;
  accounts: TwilioAccounts;
  eventLog: EventLog;
  publish: Acceptance['publish'];
  registry: Registry;
  logger: Logger;
  now(): Date;
}

export interface Reconciliation {
  /** Publishes as before, and remembers what needs no reconciling any more. */
  publish: Acceptance['publish'];
  /** For the port of the metrics. */
  routes: Hono;
  /** Takes no more orders, and ends the one that is being carried out. */
  abort(): void;
  close(): Promise<void>;
}

/** Asks Twilio what no callback told, of each account by itself, and when it is asked to. Needs nothing of the log until it is there. */
export function openReconciliation(options: ReconciliationOptions): Reconciliation {
  const { accounts, config, eventLog: log, registry, logger, now } = options;
  const { reconcile, eventLog: topic } = config;
  const stopping = new AbortController();
  const heard = createHeardFacts();
  const publish = remembering(options.publish, heard);
  const listsOf = createListsOf();
  const sharedOf = (account: TwilioAccount) => {
    const { accountSid } = account;
    return { accountSid, lists: listsOf(account), heard, publish, logger: logger.child({ accountSid }), now };
  };
  const metrics = reconcile.intervalMs > 0 ? createReconcileMetrics(registry) : undefined;
  const running =
    metrics &&
    workForAccounts({
      accounts,
      start: (account) => {
        const { forget, ...ofAccount } = metrics(account.accountSid);
        const { close } = startReconciling({ ...sharedOf(account), ...reconcile, log, topic, metrics: ofAccount });
        return { close: () => close().finally(forget) };
      },
    });
  const routes = operatorApi({
    token: config.apiToken,
    refuse: (accountSid) => (accounts.find(accountSid) === undefined ? notConfigured(accountSid) : undefined),
    reconcile: ({ accountSid, ...order }, signal) => {
      const wanted = accounts.all().filter((account) => accountSid === undefined || account.accountSid === accountSid);
      return reconcileAccounts(order, wanted, sharedOf, signal);
    },
    now,
    signal: stopping.signal,
  });
  return { publish, routes, abort: () => stopping.abort(), close: async () => running?.close() };
}

/** One for each account and its credentials, whoever asks: it is what keeps the account's requests apart in time. */
function createListsOf() {
  const known = new Map<string, TwilioLists>();
  return (account: TwilioAccount): TwilioLists => {
    const key = JSON.stringify(account);
    const lists = known.get(key) ?? createTwilioLists(credentialsOf(account));
    known.set(key, lists);
    return lists;
  };
}
