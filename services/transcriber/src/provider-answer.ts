import { StageError } from '@onrecord/shared/event-log/failure-policy';
import { z } from 'zod';
import type { Archive } from './archive-recording.ts';
import { type Clearance, keysOf } from './clearance.ts';
import { type InsteadOf, insteadOf } from './domain/instead-of.ts';
import type { AnswerKeys } from './domain/object-keys.ts';
import { firstAnswerKeys, furtherAnswerKeys } from './domain/object-keys.ts';
import { optionsFingerprint, type ProviderOptions } from './domain/options-fingerprint.ts';
import { STAGES } from './domain/stages.ts';
import { createOrRead, type HeldObject, readHeld, toStoredJson, type WritableStore } from './stored-json.ts';
import type { TranscriptionProvider } from './transcription-provider.ts';

const REQUEST_SCHEMA = 'onrecord.provider-request.v1';

/** `provider-request.json`: what the untouched answer beside it answers to, since the answer itself cannot carry it. */
const providerRequest = z.looseObject({
  schema: z.literal(REQUEST_SCHEMA),
  audioSha256: z.string(),
  optionsFingerprint: z.string(),
  insteadOf: insteadOf.optional(),
});

export interface AnswerTo {
  prefix: string;
  audioSha256: string;
  optionsFingerprint: string;
  options: ProviderOptions;
  /** Absent where the first provider is asked. */
  insteadOf?: InsteadOf | undefined;
}

/** @throws StageError (permanent) naming an option that the provider cannot meet */
export function answerTo(clearance: Clearance, { manifest }: Archive, provider: TranscriptionProvider): AnswerTo {
  const options = provider.optionsFor(clearance.transcription, provider.channelsHeard(manifest.audio));
  return {
    prefix: keysOf(clearance).prefix,
    audioSha256: manifest.media.sha256,
    optionsFingerprint: optionsFingerprint(options),
    options,
  };
}

/**
 * The answer that was paid for already, for the same audio and the same options; `undefined` when there is none. Request and
 * answer are both create-only and the request is written first: an answer can only belong to the request beside it.
 */
export async function findAnswer(store: WritableStore, asked: AnswerTo, signal: AbortSignal) {
  const first = firstAnswerKeys(asked.prefix);
  const request = await readHeld(store, first.request, signal);
  if (!request) return undefined;
  return readHeld(store, keysFor(asked, request).response, signal);
}

/** Why this provider was asked, where an answer of it is kept. */
export async function findInsteadOf(
  store: WritableStore,
  asked: AnswerTo,
  signal: AbortSignal,
): Promise<InsteadOf | undefined> {
  const first = await readHeld(store, firstAnswerKeys(asked.prefix).request, signal);
  const request = first && (await readHeld(store, keysFor(asked, first).request, signal));
  return request && parseRequest(request).insteadOf;
}

/** Keeps an answer; what somebody else kept for the same request meanwhile is returned in its place. */
export async function keepAnswer(
  store: WritableStore,
  asked: AnswerTo,
  answer: Uint8Array,
  signal: AbortSignal,
): Promise<HeldObject> {
  const { options, audioSha256, insteadOf, optionsFingerprint, prefix } = asked;
  const request = toStoredJson({ schema: REQUEST_SCHEMA, ...options, optionsFingerprint, audioSha256, insteadOf });
  const keep = (key: string, body: Buffer) => createOrRead(store, key, body, 'application/json', signal);
  const keys = keysFor(asked, await keep(firstAnswerKeys(prefix).request, request));
  if (keys.request !== firstAnswerKeys(prefix).request) await keep(keys.request, request);
  return keep(keys.response, Buffer.from(answer));
}

/** The plain names belong to the first request that was stored; another one has names of its own. */
function keysFor(asked: AnswerTo, first: HeldObject): AnswerKeys {
  const { audioSha256, optionsFingerprint } = parseRequest(first);
  const isSame = audioSha256 === asked.audioSha256 && optionsFingerprint === asked.optionsFingerprint;
  return isSame ? firstAnswerKeys(asked.prefix) : furtherAnswerKeys(asked.prefix, asked.optionsFingerprint);
}

function parseRequest(held: HeldObject): z.output<typeof providerRequest> {
  const parsed = providerRequest.safeParse(parseJson(held));
  if (parsed.success) return parsed.data;
  throw new StageError(STAGES.transcriptStore, `${held.object.key} is no request that this version can read`, {
    kind: 'permanent',
    cause: parsed.error,
  });
}

function parseJson({ body }: HeldObject): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
