import { objectStoreSettings, toObjectStoreOptions } from '@onrecord/shared/object-store/settings';
import { transcriptionAnswerSettings } from '@onrecord/shared/transcription/answer-settings';
import { z } from 'zod';

/** Where answers of the speech provider are put that come by callback; nothing else is kept in the store from here. */
export const answerSettings = {
  ...transcriptionAnswerSettings,
  ...objectStoreSettings,
  RECORDINGS_BUCKET: objectStoreSettings.RECORDINGS_BUCKET.optional().describe(
    'where recordings are kept; needed with TRANSCRIPTION_WEBHOOK_SECRET alone',
  ),
};
type AnswerSettings = z.output<z.ZodObject<typeof answerSettings>>;

export const answersHaveAPlace = z.refine<AnswerSettings>(
  (all) => all.TRANSCRIPTION_WEBHOOK_SECRET === undefined || all.RECORDINGS_BUCKET !== undefined,
  {
    path: ['RECORDINGS_BUCKET'],
    error: 'TRANSCRIPTION_WEBHOOK_SECRET needs it: the answers that are called back are put there; or leave out both',
    when: () => true,
  },
);

/** Undefined where no such callback is taken. The bucket is the transcriber's to create. */
export function toAnswers(settings: AnswerSettings) {
  const { TRANSCRIPTION_WEBHOOK_SECRET: secret, RECORDINGS_BUCKET } = settings;
  if (secret === undefined || RECORDINGS_BUCKET === undefined) return undefined;
  const objectStore = toObjectStoreOptions({ ...settings, RECORDINGS_BUCKET, S3_CREATE_BUCKET: false });
  return { secret, bytesMax: settings.TRANSCRIPTION_ANSWER_BYTES, objectStore };
}
