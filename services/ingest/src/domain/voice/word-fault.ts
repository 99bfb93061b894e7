import type { z } from 'zod';

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

/** What the checks of the schema say to whoever writes the file, where the field has no words of its own; undefined leaves it so. */
export function wordFault(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `${isMissing(issue)}give ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `${isMissing(issue)}give ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      if (issue.origin in UNITS && issue.minimum === 1) return 'it is empty: give something';
      return `give at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `give at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'unrecognized_keys':
      return `there is no ${quoted(issue.keys)} here${allowed(issue.inst)}`;
    default:
      return undefined;
  }
}

const isMissing = ({ input }: z.core.$ZodRawIssue) => (input === undefined ? 'it is missing: ' : '');
const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');

function allowed(inst: z.core.$ZodRawIssue['inst']): string {
  const { shape } = (inst?._zod?.def ?? {}) as { shape?: object };
  return shape === undefined ? '' : `: it takes ${quoted(Object.keys(shape))}`;
}
