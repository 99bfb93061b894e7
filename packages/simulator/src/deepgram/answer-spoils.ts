import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { listenAnswer } from './answer.ts';
import { errorBody, failureOf } from './errors.ts';

/**
 * What is wrong with an answer that should be a 200. `early-refusal`: a 400 that comes while the audio still does. `hang`: nothing comes. The others come with status 200: `truncated-json`: half of the JSON, whole for HTTP; `error`: an
 * error's body; `huge`: 500 MB of JSON; `other-channels`: of another number of channels; `no-channels`: of none; `no-words`: nothing
 * was understood.
 */
export const answerSpoil = z.enum([
  'early-refusal',
  'hang',
  'truncated-json',
  'error',
  'huge',
  'other-channels',
  'no-channels',
  'no-words',
]);
export type AnswerSpoil = z.output<typeof answerSpoil>;

type Answer = ReturnType<typeof listenAnswer>;

const HUGE_BYTES = 500_000_000;
const INTERNAL = failureOf(500);

/** Sends the answer as it was ordered to be; whoever reads it may break off. */
export async function sendSpoilt(spoil: AnswerSpoil, answer: Answer, response: ServerResponse): Promise<void> {
  if (spoil === 'hang') return;
  const { request_id: id } = answer.metadata;
  response.writeHead(200, { 'content-type': 'application/json', 'dg-request-id': id });
  // The reader breaks off as soon as it has seen enough.
  if (spoil === 'huge') return pipeline(Readable.from(hugeJson()), response).catch(() => {});
  const whole = JSON.stringify(spoil === 'error' ? errorBody(INTERNAL, id) : changed(spoil, answer));
  response.end(spoil === 'truncated-json' ? whole.slice(0, whole.length / 2) : whole);
}

function changed(spoil: AnswerSpoil, answer: Answer): Answer {
  const { metadata, results } = answer;
  if (spoil === 'no-channels') return { metadata, results: { channels: [], utterances: [] } };
  if (spoil === 'no-words') {
    const alternatives = [{ transcript: '', confidence: 0, words: [] }];
    return { metadata, results: { channels: results.channels.map(() => ({ alternatives })), utterances: [] } };
  }
  if (spoil !== 'other-channels') return answer;
  const channels =
    results.channels.length > 1 ? results.channels.slice(0, 1) : results.channels.flatMap((one) => [one, one]);
  return { metadata: { ...metadata, channels: channels.length }, results: { ...results, channels } };
}

function* hugeJson() {
  const piece = Buffer.alloc(1_000_000, 'a');
  yield Buffer.from('{"padding":"');
  for (let sent = 0; sent < HUGE_BYTES; sent += piece.length) yield piece;
  yield Buffer.from('"}');
}
