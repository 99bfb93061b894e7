import type { OnrecordEvent } from '@onrecord/shared/events';
import { acceptFact } from './accept-fact.ts';
import type { EventDeps } from './on-telephony.ts';

const MEDIA_FACTS: ReadonlySet<OnrecordEvent['type']> = new Set([
  'onrecord.recording.archived.v1',
  'onrecord.recording.archive-failed.v1',
  'onrecord.transcript.completed.v1',
  'onrecord.transcript.failed.v1',
]);

/**
 * Handles `onrecord.media`: what was stored is written down, and the recording's schedule starts. What was stored of a recording
 * that is refused or deleted by now is scheduled to go again.
 */
export async function onMedia(event: OnrecordEvent, deps: EventDeps): Promise<void> {
  if (!MEDIA_FACTS.has(event.type)) return;
  await acceptFact(deps.ledger, event, { ...deps, now: deps.clock() });
}
