import { z } from 'zod';
import { certificateJsonSchema } from './domain/certificate-schema.ts';
import { correctionsFile, regionsFile, rulesFile } from './domain/jurisdictions/schema.ts';

const jsonSchema = (schema: z.ZodType): object => z.toJSONSchema(schema, { io: 'input' });

/** The JSON Schemas of the files that people write and read, by the names of the documents in `contracts/`. */
export const contracts: Readonly<Record<string, object>> = {
  'deletion-certificate.schema.json': certificateJsonSchema(),
  'jurisdiction-rules.schema.json': jsonSchema(rulesFile),
  'number-regions.schema.json': jsonSchema(regionsFile),
  'jurisdiction-corrections.schema.json': jsonSchema(correctionsFile),
};
