import { text } from 'node:stream/consumers';
import { ObjectExistsError, ObjectNotFoundError, type ObjectStore } from '@onrecord/shared/object-store/port';
import { type AskedNote, askedNote, callbackKeys, isAbout } from '@onrecord/shared/transcription/callback-objects';
import type { CallbackSubject } from '@onrecord/shared/transcription/callback-token';

type AnswerStore = Pick<ObjectStore, 'put' | 'get'>;

/** What the speech provider's callbacks are checked with, and where their bodies go. */
export interface TranscriptionAnswers {
  secret: string;
  bytesMax: number;
  store: AnswerStore;
}

/** A note of the transcriber is far shorter; what is longer is none. */
const NOTE_BYTES_MAX = 16_384;

/**
 * Puts an answer of the speech provider beside the recording that it is of, once, where the transcriber waits for it. It is not looked at
 * here: what it says is the transcriber's to judge.
 * @returns `not-asked` where no answer is waited for: nothing was asked, or the recording was deleted meanwhile
 * @throws ObjectStoreError; what `body` throws
 */
export async function acceptTranscriptionAnswer(
  subject: CallbackSubject,
  body: AsyncIterable<Uint8Array>,
  store: AnswerStore,
): Promise<'kept' | 'kept-before' | 'not-asked'> {
  const keys = callbackKeys(subject);
  const note = await readNote(store, keys.asked);
  if (note === undefined || !isAbout(note, subject)) return 'not-asked';
  try {
    await store.put(keys.answer, body, { contentType: 'application/json', createOnly: true });
    return 'kept';
  } catch (error) {
    if (error instanceof ObjectExistsError) return 'kept-before';
    throw error;
  }
}

async function readNote(store: AnswerStore, key: string): Promise<AskedNote | undefined> {
  try {
    const { body, bytes } = await store.get(key);
    if (bytes <= NOTE_BYTES_MAX) return askedNote.safeParse(parseJson(await text(body))).data;
    body.destroy();
    return undefined;
  } catch (error) {
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
