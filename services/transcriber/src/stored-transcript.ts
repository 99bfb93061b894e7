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
import { describe, type ReadableStore, readHeld, toStoredJson } from './stored-json.ts';

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
  if (!held) return undefined;
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

/** Writes the transcript in each of its forms; `transcript.json`, which names the others under `derived`, comes last. */
export async function storeTranscript(
  store: Pick<ObjectStore, 'put'>,
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
  return { transcript: whole, transcriptObject: await put(keys.transcript, toStoredJson(whole), 'application/json') };
}
