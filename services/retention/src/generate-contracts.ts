/** Writes the JSON Schema of the deletion certificate: a part of `pnpm generate`. */
import { writeFileSync } from 'node:fs';
import { certificateJsonSchema } from './domain/certificate-schema.ts';

const path = new URL('../contracts/deletion-certificate.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(certificateJsonSchema(), null, 2)}\n`);
console.log('1 document written to services/retention/contracts');
