import type { Logger } from '@onrecord/shared/telemetry/logger';
import { identityOf } from '../clearance.ts';
import type { TranscriberMetrics } from '../metrics.ts';
import { createBudget } from './budget.ts';
import { createSender, type Sender, type SenderOptions } from './send-recorded.ts';

export interface SpendingOptions {
  store: SenderOptions['store'];
  /** Absent: no limit. */
  budgetSecondsPerDay: number | undefined;
  chargeableMax: number;
  now(): Date;
  logger: Logger;
  sentAgain: TranscriberMetrics['sentAgain'];
}

/** The way to the provider, and what is told of it. */
export function openSender({
  budgetSecondsPerDay,
  chargeableMax,
  logger,
  now,
  sentAgain,
  store,
}: SpendingOptions): Sender {
  const budget = createBudget({
    store,
    secondsPerDay: budgetSecondsPerDay,
    now,
    onSpent: ({ accountSid, seconds }) =>
      logger.warn(
        { accountSid, seconds, setting: 'TRANSCRIPTION_BUDGET_PER_DAY' },
        'the transcription budget of today is spent: recordings are archived, and transcribed when the next day begins',
      ),
  });
  return createSender({
    store,
    budget,
    chargeableMax,
    now,
    onSentAgain(clearance, { model = '', number, provider, seconds, sentAt }) {
      sentAgain({ provider, model }, seconds);
      logger.warn(
        { ...identityOf(clearance), provider, seconds, at: sentAt, count: number },
        'a recording is sent to the speech provider once more: the answer to the request before was lost, and both may be charged for',
      );
    },
  });
}
