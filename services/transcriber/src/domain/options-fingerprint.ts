import { createHash } from 'node:crypto';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What a provider is asked for, as it is asked: with the audio's hash, what is paid for. */
export interface ProviderOptions {
  provider: string;
  parameters: { readonly [name: string]: Json };
}

/** SHA-256, in hex, of the canonical JSON: the same options give the same fingerprint in any order and any process. */
export function optionsFingerprint(options: ProviderOptions): string {
  const { provider, parameters } = options;
  return createHash('sha256').update(canonicalJson({ provider, parameters })).digest('hex');
}

/** JSON with the names of every object in code-unit order and no white space. */
function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const object = value as { readonly [name: string]: Json };
  const members = Object.keys(object)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalJson(object[name] as Json)}`);
  return `{${members.join(',')}}`;
}
