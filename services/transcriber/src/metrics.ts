import { Counter, Gauge, type Registry } from 'prom-client';

export interface TranscriberMetrics {
  archived(bytes: number, audioSeconds: number): void;
  /** Archived, but not as reported. */
  warned(warning: string): void;
  transcribed(provider: string, audioSeconds: number, billedSeconds: number): void;
  legEnded(outcome: 'answered' | 'cut' | 'failed'): void;
  stageFailed(stage: string, kind: string): void;
}

export interface MetricSources {
  legBufferedBytes(): number;
  providerRequests(): number;
}

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
  const billedSeconds = counter('billed_seconds_total', 'Seconds that the speech provider charges for.', ['provider']);
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
    transcribed(provider, audioSeconds, billed) {
      transcribedSeconds.inc({ provider }, audioSeconds);
      billedSeconds.inc({ provider }, billed);
    },
    legEnded: (outcome) => legs.inc({ outcome }),
    stageFailed: (stage, kind) => failures.inc({ stage, kind }),
  };
}
