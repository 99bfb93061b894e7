import { deletionsOf } from '../domain/begin-deletion.ts';
import type { RecordingEntry } from '../domain/custody.ts';
import { type Deletion, isOfSource } from '../domain/deletion.ts';
import type { ObjectPlace } from './objects.ts';

/** What an archive cannot be without: the audio, by one of its names, and the manifest, which is written when the audio is verified. */
const AUDIO = ['media.wav', 'media.mp3'];
const MANIFEST = 'manifest.json';

/**
 * Looked for right before Twilio's copy goes and the archived audio stays: what a lifecycle rule, a restored bucket or another setting has
 * taken away meanwhile would be gone for good with it.
 * @returns why Twilio's copy stays; `undefined` where the archive is there, or the audio goes as well
 */
export async function whyLastCopy(
  objects: Pick<ObjectPlace, 'head' | 'uri'>,
  known: RecordingEntry,
  deletion: Deletion,
): Promise<string | undefined> {
  // Also where another deletion takes the audio: this one would wait for an archive that is not to come back.
  const { archive } = known;
  const isSince = ({ completedAt, startedAt }: Deletion) =>
    completedAt === undefined || archive === undefined || startedAt >= archive.storedAt;
  if (!isOfSource(deletion) || [deletion, ...deletionsOf(known).filter(isSince)].some(takesAudio)) return undefined;
  if (archive === undefined) return 'no archive of it is known: Twilio has the only copy, which stays';
  const { prefix, store } = archive;
  if (store !== objects.uri)
    return `its archive is in ${store} and this service has opened ${objects.uri}: Twilio's copy stays until it is found there`;
  const there = async (name: string) => ((await objects.head(`${prefix}${name}`))?.bytes ?? 0) > 0;
  const [hasManifest, ...hasAudio] = await Promise.all([MANIFEST, ...AUDIO].map(there));
  if (hasManifest && hasAudio.includes(true)) return undefined;
  return `its archive is not in ${objects.uri} below ${prefix} any more: Twilio has the only copy, which stays until the archive is put back`;
}

const takesAudio = ({ classes }: Pick<Deletion, 'classes'>) => classes === undefined || classes.includes('audio');
