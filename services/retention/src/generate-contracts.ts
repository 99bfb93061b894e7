/** Writes the JSON Schemas of retention's files: a part of `pnpm generate`. */
import { writeFileSync } from 'node:fs';
import { contracts } from './contracts.ts';

const folder = new URL('../contracts/', import.meta.url);
for (const [name, document] of Object.entries(contracts)) {
  writeFileSync(new URL(name, folder), `${JSON.stringify(document, null, 2)}\n`);
}
console.log(`${Object.keys(contracts).length} documents written to services/retention/contracts`);
