import type { Parameters } from './parameters.ts';

/** One item of a list of Twilio's REST API, as it was sent: `sid`, `status`, dates in RFC 2822 (of alerts ISO 8601), … */
export type Resource = Readonly<Record<string, unknown>>;

/** What is asked for, each in a list of its own. */
export const RESOURCE_KINDS = ['recording', 'call', 'alert'] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** A field as a callback would carry it; `undefined` where there is none. */
export function textOf(resource: Resource, name: string): string | undefined {
  const value = resource[name];
  if (value === null || value === undefined || value === '') return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Everything that Twilio sent, as text and by its own names. */
export function parametersOf(resource: Resource): Parameters {
  const entries = Object.keys(resource).flatMap((name) => {
    const text = textOf(resource, name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(entries);
}

/** The fields that a callback has under another name; absent ones stay away. */
export function renamed(resource: Resource, names: Readonly<Record<string, string>>): Parameters {
  const entries = Object.entries(names).flatMap(([parameter, field]) => {
    const text = textOf(resource, field);
    return text === undefined ? [] : [[parameter, text] as const];
  });
  return Object.fromEntries(entries);
}

/** A date of a resource in milliseconds since 1970; `undefined` where there is none. */
export function momentOf(resource: Resource, name: string): number | undefined {
  const ms = Date.parse(textOf(resource, name) ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}
