import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { PENDING_MAX_MS } from '../domain/judge-resource.ts';
import { momentOf, type Resource, textOf } from '../domain/resource.ts';
import type { Step, SurveyOptions } from './step.ts';

/**
 * Since when a conference goes on, or ended so short a while ago that its recording may still come into the lists: it began with the
 * conference, whose first callers may have left long before. Nothing is looked for where nobody looks again.
 * @returns milliseconds since 1970, infinite where there is none, with what could not be looked at
 * @throws StageError for what may pass
 */
export async function heldByConferences(
  options: SurveyOptions,
): Promise<{ heldMs: number; passedOver: Step['passedOver'] }> {
  let heldMs = Number.POSITIVE_INFINITY;
  if (options.settleMs === 0) return { heldMs, passedOver: [] };
  const nowMs = options.now().getTime();
  try {
    for await (const page of unsettled(nowMs, options)) {
      for (const conference of page) heldMs = Math.min(heldMs, heldBy(conference, nowMs, options));
    }
  } catch (error) {
    // A key that may list calls and no conferences keeps no call from being found.
    if (!(error instanceof StageError) || error.kind !== 'permanent') throw error;
    return { heldMs, passedOver: [{ sid: undefined, reason: `no conferences: ${error.message}` }] };
  }
  return { heldMs, passedOver: [] };
}

/** Those under way first: one that ends in between is in either list. Source: twilio-oai, `ListConference`. */
async function* unsettled(nowMs: number, { lists, settleMs, signal }: SurveyOptions) {
  yield* lists.pages('conference', { Status: 'in-progress' }, signal);
  yield* lists.pages('conference', { 'DateUpdated>': new Date(nowMs - settleMs).toISOString() }, signal);
}

function heldBy(conference: Resource, nowMs: number, { settleMs }: SurveyOptions): number {
  const beganMs = momentOf(conference, 'date_created');
  const changedMs = momentOf(conference, 'date_updated') ?? nowMs;
  const isSettled = textOf(conference, 'status') === 'completed' && nowMs - changedMs >= settleMs;
  if (isSettled || beganMs === undefined || nowMs - beganMs > PENDING_MAX_MS) return Number.POSITIVE_INFINITY;
  return beganMs;
}
