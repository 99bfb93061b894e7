import { z } from 'zod';
import { wholeNumber } from '../config/settings.ts';

const MIB = 1024 * 1024;
const SECRET_CHARACTERS_MIN = 32;

/** What ingest and the transcriber both know of the speech provider's answers. */
export const transcriptionAnswerSettings = {
  TRANSCRIPTION_WEBHOOK_SECRET: z
    .string()
    .min(
      SECRET_CHARACTERS_MIN,
      `give at least ${SECRET_CHARACTERS_MIN} characters, for instance of openssl rand -hex 32`,
    )
    .optional()
    .describe(
      'Signs the addresses that the speech provider calls back, the same in transcriber and ingest; absent, ingest takes no such callback',
    ),
  TRANSCRIPTION_ANSWER_BYTES: wholeNumber(MIB, 1024 * MIB)
    .prefault(String(64 * MIB))
    .describe('Longest answer of the speech provider that is taken, in bytes'),
};
