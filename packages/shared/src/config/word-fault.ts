import type { z } from 'zod';
import { didYouMean } from './nearest.ts';

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list: [ … ]',
  object: 'a part of its own: { … }',
  record: 'names with what stands under each: { "name": … }',
};
const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** What a schema says in plain words where the field has none of its own: what to give. To be a schema's `error`. */
export function wordFault(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `give ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${suggestion([issue.input], issue.values)}give ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      if (issue.origin in UNITS && issue.minimum === 1) return 'it is empty: give something';
      return `give at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `give at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'unrecognized_keys': {
      const known = keysOf(issue.inst);
      const takes = known.length === 0 ? '' : `: ${suggestion(issue.keys, known)}it takes ${quoted(known)}`;
      return `there is no ${quoted(issue.keys)} here${takes}`;
    }
    default:
      return undefined;
  }
}

/** Of each that comes near to something that there is. */
function suggestion(given: readonly unknown[], known: readonly unknown[]): string {
  const words = known.filter((each) => typeof each === 'string');
  return given.map((each) => (typeof each === 'string' ? didYouMean(each, words) : '')).join('');
}

const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');

const keysOf = (inst: z.core.$ZodRawIssue['inst']): string[] =>
  Object.keys(((inst?._zod?.def ?? {}) as { shape?: object }).shape ?? {});
