import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const readText = (name: string): string => readFileSync(new URL(name, root), 'utf8');

interface ComposeService {
  image?: string;
  command?: string[];
  build?: string;
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: unknown;
  read_only?: boolean;
  volumes?: string[];
  profiles?: string[];
}

export interface ComposeFile {
  name: string;
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

/** The Compose file as Compose reads it: YAML merge keys resolved, variables not yet replaced. */
export const readComposeFile = (): ComposeFile => parse(readText('docker-compose.yml'), { merge: true });

export class MissingVariableError extends Error {
  override readonly name = 'MissingVariableError';
}

/**
 * Replaces `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}` and `${NAME:+instead}` as Compose does; a default, and what
 * stands instead, may have variables, too.
 * Source: Compose specification, "Interpolation".
 * @throws MissingVariableError for a `:?` without a value
 */
export function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$\{(\w+)(?:(:?)([-?+])((?:[^{}]|\{(?:[^{}]|\{[^}]*\})*\})*))?\}/g,
    (_, name, colon?: string, operator?: string, operand?: string) => {
      const value = variables[name];
      if (operator === '+') return value ? interpolate(operand ?? '', variables) : '';
      // Without the colon, an empty value is one too.
      if (value || (value === '' && operator && !colon)) return value;
      if (operator === '?') throw new MissingVariableError(`${name}: ${operand}`);
      return operator === '-' ? interpolate(operand ?? '', variables) : '';
    },
  );
}

/** The assignments of a `.env` file, commented-out ones (`#NAME=value`) apart from the active ones. */
export function readEnvExample(): { active: Record<string, string>; optional: Record<string, string> } {
  const active: Record<string, string> = {};
  const optional: Record<string, string> = {};
  for (const line of readText('.env.example').split('\n')) {
    const match = /^(#?)([A-Z][A-Z0-9_]+)=(.*)$/.exec(line);
    if (match) (match[1] === '#' ? optional : active)[match[2] ?? ''] = match[3] ?? '';
  }
  return { active, optional };
}
