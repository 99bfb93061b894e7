import type { OnrecordEvent } from '@onrecord/shared/events';
import { appendToOutbox } from '@onrecord/shared/postgres/outbox';
import { markProcessed } from '@onrecord/shared/postgres/processed-events';
import type { Pool } from 'pg';
import { isMediaFact } from '../domain/media-facts.ts';
import { noteNumbersOf } from './erasures/call-numbers.ts';
import { scrubAround } from './erasures/cover-call.ts';
import { asWritable } from './erasures/covered-event.ts';
import { coverLateLeg } from './erasures/late-legs.ts';
import { lockAgain } from './holds/save-holds.ts';
import { noteLateMedia } from './late-media.ts';
import type { Policies } from './load-policies.ts';
import { lookAtLeft, standingOf } from './metadata/forgotten-event.ts';
import { judgeCallOf } from './metadata/judge-call.ts';
import { inTenant } from './tenancy.ts';
import { type FactContext, writeFact } from './write-fact.ts';

/** The consumer group whose processed events the ledger remembers. */
export const RETENTION_GROUP = 'retention';

/**
 * Writes a fact once, however often it is told, and all that follows from it in its transaction.
 * @param publish whether the log is to be told, because the event did not come from there
 */
export const writeOnce = (
  pool: Pool,
  given: OnrecordEvent,
  { publish, policies, ...context }: FactContext & { publish: boolean; policies: Policies },
) =>
  inTenant(pool, given.data.accountSid, async (client) => {
    const { pseudonyms, now } = context;
    const { event, replacements, erasureIds = [] } = await asWritable(client, given, pseudonyms, now);
    const standing = await standingOf(client, event, now);
    const isForgotten = standing === 'forgotten';
    // Whoever is waiting for the answer hears of it; from the log it is remembered as any other event.
    if (isForgotten && publish) return { isNew: false, isForgotten, published: false };
    const isUnknown = await markProcessed(client, RETENTION_GROUP, event);
    const isNew = isUnknown && !isForgotten;
    const isLate = await noteLateMedia(client, event, now);
    // The same status of a leg is told with more or less evidence: what comes again completes it.
    const isTelling = event.type === 'onrecord.call.status-changed.v1';
    if (!isForgotten && (isNew || isLate || isTelling)) {
      if (replacements !== undefined) await judgeCallOf(client, policies, event);
      await writeFact(client, event, context);
      await noteNumbersOf(client, given, pseudonyms);
      if (replacements !== undefined) await scrubAround(client, event, replacements);
      if (erasureIds.length > 0) await coverLateLeg(client, event, erasureIds, now);
      if (standing === 'left') await lookAtLeft(client, event, now);
    }
    if (isMediaFact(event)) await lockAgain(client, event.data, now);
    if (isNew && publish) await appendToOutbox(client, [event]);
    return { isNew, isForgotten, published: isNew && publish };
  });
