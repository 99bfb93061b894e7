import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import { recordingArchived, transcriptCompleted } from '@onrecord/shared/events';
import { expect, vi } from 'vitest';
import { requireServer } from '../../servers/available.ts';
import { s3Client } from '../../servers/buckets.ts';
import { readArchived } from './archived.ts';
import type { Installation } from './installation.ts';
import type { SeededRecording } from './recordings.ts';
import type { SpeechServer } from './speech-server.ts';

/** Written once: of these there is never a second version. */
const EVIDENCE = ['manifest.json', 'media.wav', 'provider-request.json', 'provider-response.json', 'waveform.json'];
const TRANSCRIPT = ['transcript.json', 'transcript.srt', 'transcript.txt', 'transcript.vtt'];
/** Recordings that are read back at a time. */
const READERS = 8;
const SWEEP_TIMEOUT_MS = 30_000;

/**
 * Each recording is there as it was served, with one transcript, which is of its own words, and one fact of each kind about it. Whatever
 * was paid for again is told by the transcript.
 */
export async function expectEachOnce(
  { log, media, openStore, speech }: Pick<Installation, 'log' | 'media' | 'openStore' | 'speech'>,
  recordings: readonly SeededRecording[],
): Promise<void> {
  const store = await openStore();
  const left = [...recordings];
  const look = async (recording: SeededRecording) => {
    const { channels, seconds, sha256, sid, text } = recording;
    const { names, uncertainSeconds, ...archived } = await readArchived(store, recording);
    expect([...(media.served.get(sid) ?? [])], sid).toEqual([sha256]);
    expect(archived, sid).toEqual({ mediaSha256: sha256, manifestSha256: sha256, transcribedSha256: sha256, text });
    const paidAgain = speech.paid.filter((answer) => answer.sid === sid).length - 1;
    expect(uncertainSeconds, sid).toBeGreaterThanOrEqual(paidAgain * seconds * channels);
    const evidence = names.filter((name) => EVIDENCE.includes(name));
    expect(evidence, sid).toEqual(EVIDENCE);
    expect(names, sid).toEqual(expect.arrayContaining(TRANSCRIPT));
    for (const { type } of [recordingArchived, transcriptCompleted]) {
      expect(log.facts(type).get(sid)?.size, `${sid}: ${type}`).toBe(1);
    }
  };
  const reader = async () => {
    for (let recording = left.shift(); recording; recording = left.shift()) await look(recording);
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  const hashes = new Map(recordings.map(({ sha256, sid }) => [sid, sha256]));
  for (const { sha256, sid } of speech.paid) expect(sha256, sid).toBe(hashes.get(sid));
}

/** What killed workers left of uploads is swept up, as every store does from time to time. */
export async function expectNoUpload({ bucket, openStore }: Pick<Installation, 'bucket' | 'openStore'>): Promise<void> {
  const client = s3Client(requireServer('s3'));
  const uploads = async () => (await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }))).Uploads ?? [];
  await openStore({ sweepEveryMs: 50, staleUploadMs: 1 });
  await vi.waitFor(async () => expect(await uploads()).toEqual([]), { timeout: SWEEP_TIMEOUT_MS });
  client.destroy();
}

/** In seconds of audio. */
export interface Costs {
  audio: number;
  /** What was answered with 200. */
  paid: number;
  /** Of that, what the network lost on its way, and what a killed worker had not stored yet: nobody could have known it. */
  lostToNetwork: number;
  lostToKills: number;
  /** What the provider was working on when its client was killed. */
  unanswered: number;
}

export function costsOf({ paid, unanswered }: SpeechServer, recordings: readonly SeededRecording[]): Costs {
  const seconds = new Map(recordings.map((recording) => [recording.sid, recording.seconds]));
  const sum = (sids: readonly string[]) => sids.reduce((total, sid) => total + (seconds.get(sid) ?? 0), 0);
  const lostTo = (reason: 'network' | 'kill') =>
    sum(paid.filter((answer) => answer.lostTo === reason).map(({ sid }) => sid));
  return {
    audio: sum([...seconds.keys()]),
    paid: sum(paid.map(({ sid }) => sid)),
    lostToNetwork: lostTo('network'),
    lostToKills: lostTo('kill'),
    unanswered: sum(unanswered),
  };
}
