import { duration, flag, wholeNumber } from '@onrecord/shared/config/settings';
import type { z } from 'zod';
import type { RateLimit } from './limit-rate.ts';

/** How fast deletions go, and when none begins. */
export const deletionSettings = {
  DELETIONS_AT_ONCE: wholeNumber(1, 500)
    .prefault('32')
    .describe('Deletions that are attempted at the same time, of one account')
    .meta({ unit: 'recordings' }),
  STORE_DELETIONS_PER_SECOND: wholeNumber(1, 10_000)
    .prefault('100')
    .describe('Recordings whose folders in the object store are emptied in a second at most')
    .meta({ unit: 'recordings' }),
  TWILIO_DELETIONS_PER_SECOND: wholeNumber(1, 100)
    .prefault('10')
    .describe(
      'Recordings and calls that are deleted at Twilio in a second at most, of one account: its API also serves the calls in progress',
    )
    .meta({ unit: 'recordings' }),
  ERASE_TWILIO_CALLS: flag()
    .prefault('true')
    .describe(
      'Whether an erasure deletes Twilio’s records of the calls, which name both numbers; false keeps them there for billing',
    ),
  CLOCK_DIFFERENCE_MAX: duration({ min: '1s', max: '1h' })
    .prefault('1m')
    .describe(
      'How far the clocks of this service and of the database may be apart; beyond it nothing goes because its date has come',
    ),
} satisfies z.ZodRawShape;

export interface DeletionLimits {
  deletionsAtOnce: number;
  store: RateLimit;
  /** Of each account. */
  twilio: RateLimit;
  clockDifferenceMaxMs: number;
  /** Whether an erasure takes Twilio's records of calls along. */
  erasesCalls: boolean;
}

/** Twilio's concurrency limit is not published, and it also serves the calls in progress. */
const TWILIO_AT_ONCE = 4;

export const toDeletionLimits = (
  settings: {
    [Name in keyof typeof deletionSettings]: z.output<(typeof deletionSettings)[Name]>;
  },
): DeletionLimits => ({
  deletionsAtOnce: settings.DELETIONS_AT_ONCE,
  store: { perSecond: settings.STORE_DELETIONS_PER_SECOND, atOnce: settings.DELETIONS_AT_ONCE },
  twilio: { perSecond: settings.TWILIO_DELETIONS_PER_SECOND, atOnce: TWILIO_AT_ONCE },
  clockDifferenceMaxMs: settings.CLOCK_DIFFERENCE_MAX,
  erasesCalls: settings.ERASE_TWILIO_CALLS,
});
