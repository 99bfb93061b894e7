/** Writes the JSON Schema of the accounts file: a part of `pnpm generate`. */
import { writeFileSync } from 'node:fs';
import { accountsFileJsonSchema } from './accounts-file.ts';

const path = new URL('../../contracts/accounts-file.schema.json', import.meta.url);
writeFileSync(path, `${JSON.stringify(accountsFileJsonSchema(), null, 2)}\n`);
console.log('1 document written to packages/shared/contracts');
