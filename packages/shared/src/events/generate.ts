/** Writes the generated documents of the event contract: `pnpm generate`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { CONTRACTS_FOLDER, contractFiles } from './contract/files.ts';

const files = contractFiles();
rmSync(`${CONTRACTS_FOLDER}schemas`, { recursive: true, force: true });
mkdirSync(`${CONTRACTS_FOLDER}schemas`, { recursive: true });
for (const [path, text] of files) writeFileSync(CONTRACTS_FOLDER + path, text);
console.log(`${files.size} documents written to packages/shared/contracts`);
