import { type OnrecordEvent, transcriptCompleted } from '@onrecord/shared/events';
import { acceptFact } from './accept-fact.ts';
import { isMediaFact } from './domain/media-facts.ts';
import type { EventDeps } from './on-telephony.ts';

/**
 * Handles `onrecord.media`: what was stored is written down, and the recording's schedule starts. What was stored of a recording
 * that is refused or deleted by now is scheduled to go again.
 */
export async function onMedia(event: OnrecordEvent, deps: EventDeps & { onTranscript(): void }): Promise<void> {
  if (!isMediaFact(event)) return;
  await acceptFact(deps.ledger, event, { ...deps, now: deps.clock() });
  if (event.type === transcriptCompleted.type) deps.onTranscript();
}
