import { recordingCleared } from '@onrecord/shared/events';
import { addPeriod } from '@onrecord/shared/policy/period';
import { deletionsOf } from '../../domain/begin-deletion.ts';
import type { RecordingEntry } from '../../domain/custody.ts';
import type { Deletion } from '../../domain/deletion.ts';
import { MEDIA } from '../../domain/due.ts';
import { mayTranscribe, refusesTranscription } from './consented.ts';
import type { HistoryLedger } from './ledger.ts';
import type { Places } from './places.ts';
import { lawfulSince, sinceOf } from './since.ts';

interface Watched {
  readonly now: Date;
  readonly ledger: HistoryLedger;
  readonly places: Places;
}

/** Looks on while a history goes by, and writes down each promise that is broken: what throws would be tried again. */
export class Watch {
  readonly broken: string[] = [];
  /** How often what is looked at happened at all. */
  readonly seen = new Map<string, number>();
  readonly #history: Watched;
  /** What went in the bucket, by key and version, and what went at Twilio, by SID. */
  readonly went: string[] = [];
  #eventsSeen = 0;

  constructor(history: Watched) {
    this.#history = history;
  }

  /** Something goes, in the bucket or at Twilio. */
  gone(key: string, versionId = ''): void {
    const { ledger } = this.#history;
    if (key.includes('/withdrawn/')) return;
    this.#see('gone');
    this.went.push(`${key} ${versionId}`);
    const sid = /RE[0-9a-f]{32}/.exec(key)?.[0] ?? '';
    const row = ledger.rows.get(sid);
    if (row === undefined || ledger.load(row).holds?.length !== 0) this.broken.push(`${key} goes while it is held`);
  }

  saved(known: RecordingEntry, entry: RecordingEntry): void {
    const isHeld = entry.holds?.length !== 0;
    const { recordingSid } = entry.facts.recording;
    const due = this.#history.ledger.rows.get(recordingSid)?.due;
    if (isHeld) this.#see('held');
    if (isHeld && (due?.deletion ?? due?.part) !== undefined)
      this.broken.push(`${recordingSid} is planned to go while held`);
    const before = new Map(deletionsOf(known).map((deletion) => [deletion.number, deletion]));
    for (const deletion of deletionsOf(entry)) {
      const was = before.get(deletion.number);
      if (was === undefined) this.#begun(known, entry, deletion);
      else if (isHeld && notedOf(was) !== notedOf(deletion))
        this.broken.push(`${recordingSid} is noted to go while held`);
    }
  }

  /** What is known of a recording is about to go. */
  forgotten(entry: RecordingEntry): void {
    const { ledger, places, now } = this.#history;
    const { recordingSid, reportedAt } = entry.facts.recording;
    this.#see('forgotten');
    if (entry.holds?.length !== 0) this.broken.push(`${recordingSid} is forgotten while it is held`);
    if (places.namesOf(recordingSid).length > 0 || places.atTwilio.has(recordingSid))
      this.broken.push(`${recordingSid} is forgotten while something of it is there`);
    const { periods, minimums } = ledger.policyFor(entry);
    const least = minimums.filter(({ classes }) => classes.includes('metadata')).map(({ period }) => period);
    const since = sinceOf(entry) ?? reportedAt;
    const ends = [addPeriod(since, periods.metadata), ...least.map((each) => addPeriod(since, each))];
    if (addPeriod(reportedAt, periods.metadata) === undefined || ends.some((end) => end !== undefined && end > now))
      this.broken.push(`${recordingSid} is forgotten before its time`);
  }

  /** What was decided by the last fact or sweep, against what was told until then. */
  told(): void {
    const { ledger, now } = this.#history;
    for (const event of ledger.events.slice(this.#eventsSeen)) {
      if (event.type !== recordingCleared.type) continue;
      const { recordingSid, purposes } = event.data as { recordingSid: string; purposes: string[] };
      const row = ledger.rows.get(recordingSid);
      if (row === undefined || !purposes.includes('transcribe')) continue;
      const entry = ledger.load(row);
      this.#see('cleared');
      if (!mayTranscribe(entry, ledger.policyFor(entry), now))
        this.broken.push(`${recordingSid} is cleared without consent`);
    }
    this.#eventsSeen = ledger.events.length;
  }

  #begun(known: RecordingEntry, entry: RecordingEntry, { classes, cause }: Deletion): void {
    const { ledger, now } = this.#history;
    const { recordingSid } = entry.facts.recording;
    this.#see(`begun for ${cause}`);
    // What went once goes again with what comes late; where a second look finds such under a hold, that rests until the release.
    const wentBefore =
      classes?.every((each) => known.partDeletions?.some((other) => other.classes?.includes(each))) ?? false;
    if (known.deletion !== undefined || wentBefore) return;
    const isRefused =
      classes !== undefined &&
      (cause === 'refusal' || cause === 'withdrawal') &&
      entry.decision?.clearance.outcome !== 'refused';
    if (isRefused && !refusesTranscription(entry))
      this.broken.push(`the transcript of ${recordingSid} goes although nobody refused`);
    if (!isRefused && entry.holds?.length !== 0)
      this.broken.push(`the deletion of ${recordingSid} begins while it is held`);
    const going = classes ?? MEDIA;
    for (const { classes: kept, period, source } of ledger.policyFor(known).minimums) {
      const bound = kept.filter((each) => going.some((other) => other === each));
      const isSoon = bound.some((each) => {
        const since = lawfulSince(known, each);
        const least = since && addPeriod(since, period);
        return least !== undefined && now < least;
      });
      if (isSoon) this.broken.push(`${recordingSid} goes before ${source} allows it`);
    }
  }

  #see = (what: string) => this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
}

const notedOf = ({ objects, source }: Deletion) => `${objects.found.length} ${source.seenAt?.getTime()}`;
