/** Writes the JSON Schema of policies: a part of `pnpm generate`. */
import { writeFileSync } from 'node:fs';
import { policyJsonSchema } from './policy-schema.ts';

const path = new URL('../../contracts/policy.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(policyJsonSchema(), null, 2)}\n`);
console.log('1 document written to packages/shared/contracts');
