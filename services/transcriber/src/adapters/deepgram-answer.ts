import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { StoredObject } from '@onrecord/shared/events';
import { z } from 'zod';
import { STAGES } from '../domain/stages.ts';
import { describeBody, withoutAddresses } from './deepgram-errors.ts';

const heard = z.looseObject({ metadata: z.looseObject({ sha256: z.string().optional() }) });

/** What is wrong, where what was called back is no answer: it says so, or is no JSON. What else it may be is judged where answers are read. */
export function failureIn(body: Uint8Array): string | undefined {
  const answer = parseJson(body);
  if (answer === undefined) return 'it is no JSON';
  const { code, text } = describeBody(answer);
  return code === undefined ? undefined : withoutAddresses(text ?? code);
}

/**
 * Makes sure that Deepgram heard the audio that the manifest names, by the hash in its answer (`metadata.sha256`, of the submitted audio).
 * What has no metadata at all is judged where answers are read.
 * @throws StageError `archived-audio`
 */
export function requireHeardAudio(body: Uint8Array, { key, sha256 }: StoredObject): void {
  const parsed = heard.safeParse(parseJson(body));
  if (!parsed.success || parsed.data.metadata.sha256 === sha256) return;
  const text = `${key} is not what was transcribed (SHA-256 ${parsed.data.metadata.sha256} instead of ${sha256}): the answer is not used`;
  throw new StageError(STAGES.archivedAudio, text, { kind: 'permanent' });
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
