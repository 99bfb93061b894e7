import { createHash } from 'node:crypto';
import { recordingFolder } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import type { SeededRecording } from './recordings.ts';

/** What the object store holds of a recording. */
export interface Archived {
  /** Of the bytes as they are read back. */
  mediaSha256: string;
  /** As the manifest says. */
  manifestSha256: string;
  /** As the transcript says. */
  transcribedSha256: string;
  text: string;
  /** What may have been paid for beside it, as the transcript says: seconds of all channels together. */
  uncertainSeconds: number;
  /** Names of the objects, sorted; one that has two versions is there twice. */
  names: string[];
}

export const folderOf = ({ accountSid, callSid, sid, startedAt }: SeededRecording): string =>
  recordingFolder({ accountSid, callSid, recordingSid: sid, startedAt });

export async function readArchived(store: ObjectStore, recording: SeededRecording): Promise<Archived> {
  const folder = folderOf(recording);
  const names: string[] = [];
  for await (const { key } of store.listVersions(folder)) names.push(key.slice(folder.length));
  const hash = createHash('sha256');
  for await (const piece of (await store.get(`${folder}media.wav`)).body) hash.update(piece);
  const json = async (name: string) =>
    JSON.parse(Buffer.concat(await (await store.get(folder + name)).body.toArray()).toString('utf8'));
  const manifest = await json('manifest.json');
  const transcript = await json('transcript.json');
  return {
    mediaSha256: hash.digest('hex'),
    manifestSha256: manifest.media.sha256,
    transcribedSha256: transcript.audio.sha256,
    text: transcript.turns.map((turn: { text: string }) => turn.text).join(' '),
    uncertainSeconds: transcript.uncertainSeconds ?? 0,
    names: names.toSorted(),
  };
}
