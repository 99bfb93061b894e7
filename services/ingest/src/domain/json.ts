/**
 * An object in which a field named `__proto__` or `constructor` is a field like any other: its prototype has nothing and no prototype.
 * V8 keeps such objects as it keeps all others; one that itself has no prototype becomes a hash table, which everything reads slowly.
 */
export const emptied = () => Object.create(NOTHING);

const NOTHING = Object.freeze(Object.create(null));

/**
 * A text as everything behind ingest can keep it: without NUL and without half of a surrogate pair, both of which Postgres refuses, in
 * a text or in JSON.
 */
export const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** A JSON object's fields as texts that can be kept: strings as they are, everything else as JSON. */
export function textsOf(value: object): Record<string, string> {
  const texts: Record<string, string> = emptied();
  for (const [name, field] of Object.entries(value)) {
    texts[storable(name)] = typeof field === 'string' ? storable(field) : jsonOf(field);
  }
  return texts;
}

/** A value of parsed JSON as JSON again. What nests more deeply than can be written has no meaning to anybody. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '"nested too deeply"';
  }
}

/** A JSON object's fields; none for anything else, so that what is missing is looked for without asking at each step. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? Object.assign(emptied(), value) : emptied();
}

/** A string that says something, or a number as one. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The fields of an object that is written as JSON; none for anything else. */
export function parsedFields(json: string): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(json));
  } catch {
    return emptied();
  }
}
