import { coversJurisdiction } from './jurisdictions.ts';
import type { PolicyRule, Selectors } from './policy-schema.ts';

/** A call has one of each of these; of numbers, jurisdictions and tags it can have several, so that two lists may both fit it. */
const SINGLE = ['accounts', 'directions', 'sources'] as const satisfies readonly (keyof Selectors)[];

/** Whether one recording can fit both rules. */
export const canOverlap = (a: PolicyRule, b: PolicyRule): boolean =>
  SINGLE.every((field) => {
    const [first, second] = [a.select[field], b.select[field]] as (readonly string[] | undefined)[];
    return first === undefined || second === undefined || first.some((value) => second.includes(value));
  });

/** Whether whatever fits the later rule fits the earlier one: the later one would never have its turn. */
export const isCovered = (later: PolicyRule, earlier: PolicyRule): boolean =>
  Object.entries(earlier.select).every(([field, wide]) => {
    const narrow = later.select[field as keyof Selectors] as readonly string[] | undefined;
    return narrow?.every((value) => wide.some((cover: string) => covers(field, cover, value))) === true;
  });

function covers(field: string, wide: string, narrow: string): boolean {
  if (field === 'jurisdictions') return coversJurisdiction(wide, narrow);
  return wide === narrow || (field === 'numbers' && matchesNumber(wide, narrow));
}

/** @param pattern a number, or how numbers begin with `*` */
export const matchesNumber = (pattern: string, number: string): boolean =>
  pattern.endsWith('*') ? number.startsWith(pattern.slice(0, -1)) : number === pattern;
