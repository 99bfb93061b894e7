import type { z } from 'zod';
import { didYouMean } from '../config/nearest.ts';
import type { Fault } from './fault.ts';
import { keysAt } from './known-keys.ts';

type Issue = z.core.$ZodIssue;

/** What the schema found, as faults: one for each key that nobody knows. */
export function faultOf(issue: Issue, value: unknown): Fault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(path);
    return issue.keys.map((key) => {
      return {
        path: [...path, key],
        problem: `is not known here: ${didYouMean(key, known)}it can have ${known.join(', ')}`,
        about: 'key',
      };
    });
  }
  if (issue.code === 'invalid_union') return unionFaults(issue, value);
  const found = path.reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown> | null)?.[key], value);
  return [
    { path, problem: issue.message, ...(found === undefined && path.length > 0 && { about: 'missing' as const }) },
  ];
}

/** Of a choice between a word and a section: where a section stands, what is wrong within it. */
function unionFaults(issue: Extract<Issue, { code: 'invalid_union' }>, value: unknown): Fault[] {
  const found = issue.path.reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown>)?.[key], value);
  const within = (issue.errors ?? []).find((issues) =>
    issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (typeof found !== 'object' || found === null || within === undefined) {
    return [{ path: issue.path, problem: issue.message }];
  }
  return within.flatMap((inner) => faultOf({ ...inner, path: [...issue.path, ...inner.path] } as Issue, value));
}

/** The value without what is faulty, so that the rest can be judged; list items stay, because the places of others count from them. */
export function withoutFaulty(value: unknown, faults: readonly Fault[]): unknown {
  const copy = structuredClone(value);
  for (const { path } of faults) {
    const last = path.at(-1);
    const parent = path
      .slice(0, -1)
      .reduce<unknown>((within, key) => (within as Record<PropertyKey, unknown> | null)?.[key], copy);
    if (last === undefined || typeof parent !== 'object' || parent === null || Array.isArray(parent)) continue;
    delete (parent as Record<PropertyKey, unknown>)[last];
  }
  return copy;
}
