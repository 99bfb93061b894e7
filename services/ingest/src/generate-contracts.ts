/** Writes the JSON Schema of the voice file: a part of `pnpm generate`. */
import { writeFileSync } from 'node:fs';
import { voiceFileJsonSchema } from './domain/voice/voice-file-schema.ts';

const path = new URL('../contracts/voice-file.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(voiceFileJsonSchema(), null, 2)}\n`);
console.log('1 document written to services/ingest/contracts');
