import type { PolicyDocument } from '@onrecord/shared/policy/policy-schema';
import { decideDue } from '../../clearance/decide-due.ts';
import { deciding } from '../../clearance/decide-recording.ts';
import { replanRecordings } from '../../clearance/replan-recordings.ts';
import { beginDueDeletions } from '../../deletions/begin-due-deletions.ts';
import { beginDueParts } from '../../deletions/begin-due-parts.ts';
import { attemptDeletion } from '../../deletions/delete-recording.ts';
import { compilePolicy } from '../../domain/compile-policy.ts';
import { folderOf } from '../../domain/decision-events.ts';
import type { Recording } from '../../domain/recording.ts';
import { minute, policy } from '../given.ts';
import { HistoryLedger } from './ledger.ts';
import { Places, STORE } from './places.ts';
import { type Fact, keep } from './told.ts';
import { Watch } from './watch.ts';

const OBJECTS = { archive: ['media.wav', 'manifest.json'], transcript: ['transcript.json', 'provider-response.json'] };
/** What keeps a sweep busy for longer than this never comes to rest. */
const TURNS_MAX = 50;
const BATCH = 10;

const compiled = (document: PolicyDocument, version: number) => compilePolicy({ document, version }, policy, () => []);

type Stored = Extract<Fact, { kind: 'stored' }>;

/** One history of an account: what is told to the service, what its clock shows, and the work that falls due. */
export class History {
  now = minute(0);
  /** The latest that the clock has ever shown. */
  latest = this.now;
  readonly watch = new Watch(this);
  readonly ledger: HistoryLedger;
  readonly places = new Places((...what) => this.watch.gone(...what));
  readonly #stored = new Set<string>();
  #version = 1;

  constructor(document: PolicyDocument) {
    this.ledger = new HistoryLedger(compiled(document, 1), (...saved) => this.watch.saved(...saved));
  }

  async tell(fact: Fact): Promise<void> {
    keep(this.ledger.told, fact);
    if (fact.kind === 'clock') this.setClock(new Date(this.now.getTime() + fact.byMs));
    if (fact.kind === 'outage') this.places.left = fact.after;
    if (fact.kind === 'policy') this.#activate(fact.document);
    if (fact.kind === 'recording') this.#report(fact.recording);
    if (fact.kind === 'stored') this.#store(fact);
    if (fact.kind === 'sweep') await this.sweep();
    const { change } = deciding(this.#context());
    for (const key of this.#touched(fact)) await this.ledger.change(key, change);
    // A hold, its release and an erasure are carried to the recordings by saving each of them.
    if (fact.kind === 'hold' || fact.kind === 'release' || fact.kind === 'erasure') await this.#saveAll();
    this.watch.told();
  }

  setClock(now: Date): void {
    this.now = now;
    if (now > this.latest) this.latest = now;
  }

  /** Everything that falls due, once, in the order of the service. @returns how much there was */
  async sweep(): Promise<number> {
    // No two sweeps are at the same moment.
    this.setClock(new Date(this.now.getTime() + 1));
    const { ledger, places, now } = this;
    let work = await decideDue(ledger, this.#context(), BATCH);
    work += await replanRecordings(ledger, this.#context(), BATCH);
    work += await beginDueDeletions(ledger, now, BATCH);
    work += await beginDueParts(ledger, now, BATCH);
    const keys = ledger.takeDue(now);
    const context = { objects: places.bucket, source: places.twilio, clock: () => this.now };
    // One that fails is tried again, as by the sweeper.
    for (const key of keys) await attemptDeletion(ledger, key, context).catch(() => undefined);
    work += ledger.forgetDue(now, (entry) => this.watch.forgotten(entry));
    if (places.left <= 0) places.left = Number.POSITIVE_INFINITY;
    this.watch.told();
    return work + keys.length;
  }

  /** Sweeps until nothing is due any more at this moment. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS_MAX; turn += 1) if ((await this.sweep()) === 0) return;
    this.watch.broken.push('no sweep comes to rest');
  }

  #activate(document: PolicyDocument): void {
    this.#version += 1;
    this.ledger.policyFor = compiled(document, this.#version);
  }

  #context = () => ({ now: this.now, onDecision: () => undefined });

  #report(recording: Recording): void {
    if (!this.ledger.rows.has(recording.recordingSid)) this.places.atTwilio.add(recording.recordingSid);
    this.ledger.report(recording);
  }

  #store({ recording, what, id }: Stored): void {
    const { recordingSid } = recording;
    // Media that came late are told by the clock from those that are gone: one that was set back is right again by then.
    this.setClock(new Date(this.latest.getTime() + 1));
    if (!this.ledger.rows.has(recordingSid)) this.#report({ ...recording, status: 'not-reported' });
    const { kept, deletions } = this.ledger.report({ ...recording, status: 'not-reported' });
    const prefix = folderOf(recording);
    const isForgotten = kept.metadataRemovedAt !== undefined;
    if (deletions.size > 0 || isForgotten) kept.lateMediaAt = this.now;
    if (isForgotten) kept.prefix = prefix;
    if (this.#stored.has(id)) return;
    this.#stored.add(id);
    // Nothing is transcribed before it is archived, though the ledger may not have heard of that.
    if (what === 'transcript' && kept.archive === undefined && !isForgotten) {
      this.#store({ kind: 'stored', recording, what: 'archive', id: `archive of ${id}` });
    }
    for (const name of OBJECTS[what]) this.places.put(`${prefix}${name}`);
    if (isForgotten) return;
    if (what === 'archive') kept.archive = { store: STORE, prefix, storedAt: this.latest };
    else kept.transcript = { storedAt: this.latest };
  }

  #touched(fact: Fact) {
    if (fact.kind === 'recording' || fact.kind === 'stored') return [fact.recording];
    const isOfCalls = fact.kind === 'call' || fact.kind === 'participant' || fact.kind === 'consent';
    return isOfCalls ? [...this.ledger.rows.values()].map(({ recording }) => recording) : [];
  }

  async #saveAll(): Promise<void> {
    for (const { recording } of [...this.ledger.rows.values()]) {
      await this.ledger.change(recording, (entry) => ({ entry, events: [] }));
    }
  }
}
