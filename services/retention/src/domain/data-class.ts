/**
 * What can be deleted of a recording by itself: `audio` with what was derived from it to be looked at, `transcript` in each of its
 * forms with the search text, `provider-response` with the questions to it, and `twilio-copy`.
 */
export type DataClass = 'audio' | 'transcript' | 'provider-response' | 'twilio-copy';

const BY_NAME: readonly [RegExp, DataClass][] = [
  [/^(media|waveform)\./, 'audio'],
  [/^transcript\./, 'transcript'],
  [/^provider-(request|response|sent|asked|callback)\./, 'provider-response'],
];

/**
 * What an object in a recording's folder is, by its name; `undefined` for the manifest and whatever else goes with the whole
 * recording alone. The names: ARCHITECTURE.md, "Objects".
 */
export function classOfKey(key: string): DataClass | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  return BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
}

/** Whether a deletion of these classes, or of everything, takes the object. */
export const takesKey = (classes: readonly DataClass[] | undefined, key: string): boolean => {
  if (classes === undefined) return true;
  const found = classOfKey(key);
  return found !== undefined && classes.includes(found);
};
