import type { TranscriptCost } from '@onrecord/shared/events';
import { Counter, Gauge, type Registry } from 'prom-client';

export interface TranscriberMetrics {
  archived(bytes: number, audioSeconds: number): void;
  /** Archived, but not as reported. */
  warned(warning: string): void;
  transcribed(asked: Asked, audioSeconds: number, billedSeconds: number, cost: TranscriptCost | undefined): void;
  /** Sent once more, although the first request may be billed. */
  sentAgain(asked: Asked, seconds: number): void;
  /** Another provider was asked than the first. */
  fellBack(provider: string, insteadOf: string): void;
  legEnded(outcome: 'answered' | 'cut' | 'failed'): void;
  stageFailed(stage: string, kind: string): void;
}

/** What was asked for; an empty model where nobody named one. */
interface Asked {
  provider: string;
  model: string;
}

export interface MetricSources {
  /** Absent where there is no limit. */
  budgetSeconds: number | undefined;
  spentToday(): ReadonlyMap<string, number>;
  legBufferedBytes(): number;
  providerRequests(): number;
}

const ASKED: ('provider' | 'model')[] = ['provider', 'model'];

/** What this service counts. Names end in their unit. */
export function createTranscriberMetrics(registry: Registry, sources: MetricSources): TranscriberMetrics {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter<Label>({ name: `onrecord_transcriber_${name}`, help, labelNames, registers });
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `onrecord_transcriber_${name}`,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const archivedBytes = counter('archived_bytes_total', 'Bytes of audio brought into the object store.');
  const archivedSeconds = counter('archived_audio_seconds_total', 'Seconds of audio brought into the object store.');
  const recordings = counter('archived_recordings_total', 'Recordings brought into the object store.');
  const warnings = counter('archive_warnings_total', 'Recordings archived that are not as they should be.', [
    'warning',
  ]);
  const transcribedSeconds = counter('transcribed_audio_seconds_total', 'Seconds of audio transcribed.', ['provider']);
  const billedSeconds = counter('billed_seconds_total', 'Seconds that the speech provider charges for.', ASKED);
  const cost = counter('cost_total', 'What they cost by list prices.', [...ASKED, 'currency']);
  const unpriced = counter('unpriced_seconds_total', 'Those of them whose price is not known.', ASKED);
  const uncertain = counter(
    'uncertain_seconds_total',
    'Seconds that were sent once more because the answer was lost: they may be charged for twice.',
    ASKED,
  );
  addBudgetGauges(registers, sources);
  const fallbacks = counter('fallbacks_total', 'Recordings for which another provider was asked than the first.', [
    'provider',
    'instead_of',
  ]);
  const legs = counter('relay_legs_total', 'Provider legs of relays by how they ended.', ['outcome']);
  const failures = counter('stage_failures_total', 'Failed attempts by stage.', ['stage', 'kind']);
  gauge(
    'relay_leg_buffered_bytes',
    'Bytes that wait for a provider slower than the archive.',
    sources.legBufferedBytes,
  );
  gauge('provider_requests', 'Requests at the speech provider.', sources.providerRequests);
  return {
    archived(bytes, audioSeconds) {
      recordings.inc();
      archivedBytes.inc(bytes);
      archivedSeconds.inc(audioSeconds);
    },
    warned: (warning) => warnings.inc({ warning }),
    transcribed(asked, audioSeconds, billed, price) {
      transcribedSeconds.inc({ provider: asked.provider }, audioSeconds);
      billedSeconds.inc({ ...asked }, billed);
      if (price?.isKnown) cost.inc({ ...asked, currency: price.currency }, price.amount);
      else unpriced.inc({ ...asked }, billed);
    },
    sentAgain: (asked, seconds) => uncertain.inc({ ...asked }, seconds),
    fellBack: (provider, insteadOf) => fallbacks.inc({ provider, instead_of: insteadOf }),
    legEnded: (outcome) => legs.inc({ outcome }),
    stageFailed: (stage, kind) => failures.inc({ stage, kind }),
  };
}

/** Accounts are few; each has the same budget. */
function addBudgetGauges(registers: Registry[], { budgetSeconds, spentToday }: MetricSources) {
  if (budgetSeconds === undefined) return;
  new Gauge({
    name: 'onrecord_transcriber_budget_seconds',
    help: 'Seconds of billed audio that each account may have transcribed in a day (UTC).',
    registers,
  }).set(budgetSeconds);
  new Gauge({
    name: 'onrecord_transcriber_budget_spent_seconds',
    help: 'Seconds of billed audio of this day (UTC) by all transcribers, as far as this one has seen.',
    labelNames: ['account'],
    registers,
    collect() {
      this.reset();
      for (const [account, seconds] of spentToday()) this.set({ account }, seconds);
    },
  });
}
