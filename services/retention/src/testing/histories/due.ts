import { addPeriod } from '@onrecord/shared/policy/period';
import type { RecordingEntry } from '../../domain/custody.ts';
import type { RetentionPolicy } from '../../domain/policy.ts';
import type { History } from './history.ts';
import { lawfulSince, sinceOf } from './since.ts';

const latestOf = (dates: readonly Date[]): Date => new Date(Math.max(...dates.map((date) => date.getTime())));

/** When everything of it must go at the latest, said apart from the code that plans it; before holds and laws. */
function wantedGone(entry: RecordingEntry, policy: RetentionPolicy): Date | undefined {
  const { erasure, decision, archive, facts } = entry;
  // What came late of it.
  if (entry.metadataRemovedAt !== undefined) return entry.metadataRemovedAt;
  if (erasure !== undefined && (!erasure.isShared || policy.sharedCalls === 'erase')) return erasure.requestedAt;
  if (decision?.clearance.outcome === 'refused') return decision.deleteAfter;
  const since = sinceOf(entry);
  if (since !== undefined) {
    const { audio, transcript, providerResponse } = policy.periods;
    const ends = [audio, transcript, providerResponse].map((period) => addPeriod(since, period));
    return ends.includes(undefined) ? undefined : latestOf(ends as Date[]);
  }
  const isWithheld = archive === undefined && decision?.clearance.outcome === 'withheld';
  return isWithheld ? addPeriod(facts.recording.reportedAt, policy.withheldPeriod) : undefined;
}

type Kept = 'audio' | 'transcript' | 'providerResponse';

/** What each object is to a law; the manifest, and all that has no class, stays until the last of them goes. */
const CLASS_OF: Readonly<Record<string, Kept>> = {
  'media.wav': 'audio',
  twilio: 'audio',
  'transcript.json': 'transcript',
  'provider-response.json': 'providerResponse',
};

/** Until when a law keeps an object. */
function leastOf(entry: RecordingEntry, { minimums }: RetentionPolicy, name: string): Date[] {
  const kept = CLASS_OF[name];
  const since = kept === undefined ? sinceOf(entry) : lawfulSince(entry, kept);
  if (since === undefined) return [];
  return minimums
    .filter(({ classes }) => kept === undefined || classes.includes(kept))
    .map(({ period }) => addPeriod(since, period) as Date);
}

/** What of single classes must be gone by then, by the names of its objects; `twilio` is Twilio's copy. */
function partsWantedGone(entry: RecordingEntry, policy: RetentionPolicy, asOf: Date): string[] {
  const since = sinceOf(entry);
  const { periods, twilioDeletion } = policy;
  if (since === undefined || entry.decision?.clearance.outcome === 'refused') return [];
  const isOver = (period: Parameters<typeof addPeriod>[1]) => (addPeriod(since, period) ?? new Date(8.64e15)) <= asOf;
  const isCopyOver =
    entry.archive !== undefined &&
    twilioDeletion !== 'with-audio' &&
    (twilioDeletion === 'after-archive' || isOver(twilioDeletion));
  return [
    ...(isOver(periods.audio) ? ['media.wav', 'twilio'] : []),
    ...(isCopyOver ? ['twilio'] : []),
    ...(isOver(periods.transcript) ? ['transcript.json'] : []),
    ...(isOver(periods.providerResponse) ? ['provider-response.json'] : []),
  ];
}

/** What is still there although it was due by then and nothing kept it. */
export function leftTooLong({ ledger, places }: History, asOf: Date): string[] {
  return [...ledger.rows.values()].flatMap((row) => {
    const entry = ledger.load(row);
    const policy = ledger.policyFor(entry);
    const { recordingSid } = entry.facts.recording;
    if (entry.holds?.length !== 0) return [];
    const there = [...places.namesOf(recordingSid), ...(places.atTwilio.has(recordingSid) ? ['twilio'] : [])];
    const wanted = wantedGone(entry, policy);
    const isOver = (name: string) =>
      wanted !== undefined && latestOf([wanted, ...leastOf(entry, policy, name)]) <= asOf;
    const parts = partsWantedGone(entry, policy, asOf);
    return there.filter((name) => isOver(name) || parts.includes(name)).map((name) => `${recordingSid}: ${name}`);
  });
}

/** After this the folders of what is deleted were looked at once more. */
const LOOKED_AGAIN_MS = 86_400_000;

/** Of what is still something known although its metadata were due by then, with nothing of it there and nothing that keeps it. */
export function knownTooLong({ ledger, places, now }: History, asOf: Date): string[] {
  return [...ledger.rows.values()].flatMap((row) => {
    const entry = ledger.load(row);
    const { recordingSid, reportedAt } = entry.facts.recording;
    const goneAt = entry.deletion?.completedAt;
    const isLooked = goneAt !== undefined && goneAt.getTime() + LOOKED_AGAIN_MS < now.getTime();
    const isKept = entry.holds?.length !== 0 || !isLooked;
    if (isKept || entry.metadataRemovedAt !== undefined) return [];
    const { periods, minimums } = ledger.policyFor(entry);
    const since = sinceOf(entry) ?? reportedAt;
    const laws = minimums.filter(({ classes }) => classes.includes('metadata'));
    const ends = [addPeriod(since, periods.metadata), ...laws.map(({ period }) => addPeriod(since, period))];
    const isThere = places.namesOf(recordingSid).length > 0 || places.atTwilio.has(recordingSid);
    return isThere || ends.some((end) => end === undefined || end > asOf) ? [] : [`${recordingSid}: metadata`];
  });
}
