import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { StoredObject } from '@onrecord/shared/events';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { objectKeysIn } from './domain/object-keys.ts';
import { toPlainText } from './domain/plain-text.ts';
import { toSrt } from './domain/srt.ts';
import { STAGES } from './domain/stages.ts';
import { type Transcript, transcript } from './domain/transcript.ts';
import { toWebvtt } from './domain/webvtt.ts';
import type { AnswerTo } from './provider-answer.ts';
import { createOrRead, describe, type HeldObject, type ReadableStore, readHeld, toStoredJson } from './stored-json.ts';

export interface StoredTranscript {
  transcript: Transcript;
  transcriptObject: StoredObject;
}

/** The transcript of the same audio with the same options; `undefined` when there is none, or one of other options. */
export async function findTranscript(
  store: ReadableStore,
  asked: Pick<AnswerTo, 'prefix' | 'audioSha256' | 'optionsFingerprint'>,
  signal: AbortSignal,
): Promise<StoredTranscript | undefined> {
  const held = await readHeld(store, objectKeysIn(asked.prefix).transcript, signal);
  return held && ifSame(held, asked);
}

/** @throws StageError where it cannot be read */
function ifSame(held: HeldObject, asked: Pick<AnswerTo, 'audioSha256' | 'optionsFingerprint'>) {
  const parsed = transcript.safeParse(JSON.parse(held.body.toString('utf8')));
  if (!parsed.success) {
    throw new StageError(STAGES.transcriptStore, `${held.object.key} is no transcript that this version can read`, {
      kind: 'permanent',
      cause: parsed.error,
    });
  }
  const { audio, optionsFingerprint } = parsed.data;
  const isSame = audio.sha256 === asked.audioSha256 && optionsFingerprint === asked.optionsFingerprint;
  return isSame ? { transcript: parsed.data, transcriptObject: held.object } : undefined;
}

/**
 * Writes the transcript in each of its forms; `transcript.json`, which names the others under `derived`, comes last. Of two workers that have
 * made the same one, as where a slow one lost its partition, the first to be done is whose it is: both tell of one transcript.
 * @returns what is there then
 */
export async function storeTranscript(
  store: Pick<ObjectStore, 'get' | 'put'>,
  prefix: string,
  draft: Transcript,
  signal: AbortSignal,
): Promise<StoredTranscript> {
  const keys = objectKeysIn(prefix);
  const put = async (key: string, body: Buffer, contentType: string) =>
    describe(await store.put(key, body, { contentType, signal }), contentType);
  const derived = [
    await put(keys.webvtt, Buffer.from(toWebvtt(draft)), 'text/vtt; charset=utf-8'),
    await put(keys.srt, Buffer.from(toSrt(draft)), 'application/x-subrip; charset=utf-8'),
    await put(keys.text, Buffer.from(toPlainText(draft)), 'text/plain; charset=utf-8'),
  ];
  const whole = { ...draft, derived };
  const body = toStoredJson(whole);
  const held = await createOrRead(store, keys.transcript, body, 'application/json', signal);
  const asked = { audioSha256: draft.audio.sha256, optionsFingerprint: draft.optionsFingerprint };
  // One of other audio or options gives its place to this one.
  return (
    ifSame(held, asked) ?? { transcript: whole, transcriptObject: await put(keys.transcript, body, 'application/json') }
  );
}
