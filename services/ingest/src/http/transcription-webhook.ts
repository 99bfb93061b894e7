import { type CallbackSubject, readTranscriptionCallback } from '@onrecord/shared/transcription/callback-token';
import type { Context } from 'hono';
import { acceptTranscriptionAnswer, type TranscriptionAnswers } from '../accept-transcription-answer.ts';
import { answer } from './answer.ts';
import type { Route } from './callback-route.ts';
import type { Edge } from './edge.ts';
import { RefusedError } from './refused-error.ts';
import { streamBody } from './stream-body.ts';

/** As logs and metrics name it: the token in its place is a secret. */
const PATH = '/webhooks/transcription/:token';
/** Each may hold the buffers of one upload to the store, 18 MiB by default; Deepgram comes again after 30 s. */
const AT_ONCE_MAX = 8;
const RETRY_AFTER = { 'retry-after': '30' };
const TOO_LONG_REMEDY = 'raise TRANSCRIPTION_ANSWER_BYTES, in transcriber too';

/** The speech provider's callback: 204 once the answer is in the store, where the transcriber waits for it. */
export const transcriptionWebhook: Route = (app, edge) => {
  const { answers } = edge;
  if (answers === undefined) return;
  let underway = 0;
  app.post(PATH, (c) =>
    answer(PATH, edge, async () => {
      const subject = requireSubject(c, edge, answers);
      if (underway >= AT_ONCE_MAX)
        throw new RefusedError(503, 'too many answers come at a time', { headers: RETRY_AFTER });
      underway += 1;
      try {
        return await take(c, edge, answers, subject);
      } finally {
        underway -= 1;
      }
    }),
  );
};

/** What the answer belongs to. Whoever is refused learns no more than that. */
function requireSubject(c: Context, { logger, now }: Edge, { secret }: TranscriptionAnswers): CallbackSubject {
  const reading = readTranscriptionCallback(c.req.param('token') ?? '', c.req.header('authorization'), {
    secret,
    now: now(),
  });
  if ('subject' in reading) return reading.subject;
  logger.warn({ path: PATH, reason: reading.refusal }, 'a callback of a speech provider was refused');
  throw new RefusedError(403, 'this is no callback that was asked for');
}

async function take(c: Context, { logger }: Edge, answers: TranscriptionAnswers, subject: CallbackSubject) {
  const body = streamBody(c.req, answers.bytesMax, TOO_LONG_REMEDY);
  const about = sidsOf(subject);
  const outcome = await acceptTranscriptionAnswer(subject, body, answers.store).catch((error: unknown) => {
    if (error instanceof RefusedError) throw error;
    logger.error({ ...about, err: error }, 'an answer of the speech provider could not be kept; it may come again');
    throw new RefusedError(503, 'the answer could not be kept', { headers: RETRY_AFTER });
  });
  logger.info({ ...about, outcome }, 'the speech provider called back');
  if (outcome === 'not-asked') throw new RefusedError(404, 'no answer is waited for here');
  return new Response(null, { status: 204 });
}

function sidsOf({ folder }: CallbackSubject) {
  const [accountSid, recordingSid] = [folder.split('/')[0], folder.split('/').at(-2)];
  return { accountSid, recordingSid };
}
