/** Writes the JSON Schema of the transcript: a part of `pnpm generate`. */
import { writeFileSync } from 'node:fs';
import { transcriptJsonSchema } from './domain/transcript-schema.ts';

const path = new URL('../contracts/transcript.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(transcriptJsonSchema(), null, 2)}\n`);
console.log('1 document written to services/transcriber/contracts');
