/** Assembles the kernel that sums samples up, `sums.wat`: a part of `pnpm generate`. */
import { readFileSync, writeFileSync } from 'node:fs';
import wabt from 'wabt';

const folder = new URL('./domain/levels/kernel/', import.meta.url);

/** The text of the module that holds the assembled kernel. */
export async function assembleKernel(): Promise<string> {
  const { parseWat } = await wabt();
  const source = parseWat('sums.wat', readFileSync(new URL('sums.wat', folder), 'utf8'), { simd: true });
  const base64 = Buffer.from(source.toBinary({}).buffer).toString('base64');
  const lines = base64.match(/.{1,100}/g) ?? [];
  const text = lines.map((line) => `  '${line}',`).join('\n');
  return `/** Assembled from \`sums.wat\` by \`pnpm generate\`, in Base64. */\nexport const SUMS_WASM = [\n${text}\n].join('');\n`;
}

if (import.meta.main) {
  writeFileSync(new URL('sums-wasm.ts', folder), await assembleKernel());
  console.log('the kernel of the levels is assembled');
}
