import { z } from 'zod';
import { voiceFileSchema } from './voice-file.ts';

/** The JSON Schema of the voice file, by which editors complete and check it. */
export const voiceFileJsonSchema = (): object => ({
  title: 'Voice file of Onrecord',
  ...z.toJSONSchema(voiceFileSchema, { io: 'input' }),
});
