import { z } from 'zod';
import { TRANSCRIPT_SCHEMA, transcript } from './transcript.ts';

/** The JSON Schema of `transcript.json`, for whoever reads it. */
export const transcriptJsonSchema = (): object => {
  const { $schema, ...schema } = z.toJSONSchema(transcript, { io: 'output' });
  return { $schema, $id: `urn:onrecord:${TRANSCRIPT_SCHEMA}`, title: 'Transcript of Onrecord', ...schema };
};
