import type { OnrecordEvent } from '@onrecord/shared/events';
import { acceptFact, type FactLedger } from './accept-fact.ts';
import type { RecordingLedger } from './change-recording.ts';
import type { DecideContext } from './clearance/decide-recording.ts';

export interface EventDeps extends Omit<DecideContext, 'now'> {
  ledger: FactLedger & RecordingLedger;
  clock: () => Date;
  /** The ledger has taken a fact that it did not have. */
  onNews(event: OnrecordEvent): void;
}

/** What bears on consent: the legs of calls, who joined a conference, recordings, and answers; and alerts, which explain calls. */
const TELEPHONY_FACTS: ReadonlySet<OnrecordEvent['type']> = new Set([
  'onrecord.call.status-changed.v1',
  'onrecord.conference.participant-joined.v1',
  'onrecord.recording.reported.v1',
  'onrecord.consent.recorded.v1',
  'onrecord.alert.raised.v1',
]);

/** Handles `onrecord.telephony`: writes the fact, then decides on every recording that it bears on. */
export async function onTelephony(event: OnrecordEvent, deps: EventDeps): Promise<void> {
  if (!TELEPHONY_FACTS.has(event.type)) return;
  const { isNew } = await acceptFact(deps.ledger, event, { ...deps, now: deps.clock() });
  if (isNew) deps.onNews(event);
}
