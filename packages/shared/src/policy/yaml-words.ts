import type { YAMLParseError } from 'yaml';

/** What the parser means, by its code, and what to do: its own words are for those who know how YAML is parsed. */
const WORDS: Readonly<Partial<Record<YAMLParseError['code'], string>>> = {
  DUPLICATE_KEY: 'this key is there twice; keep one of them',
  TAB_AS_INDENT: 'a tab stands at the beginning of the line; indent with spaces',
  BAD_INDENT:
    'a list in [ ] or a section in { } is not closed here, or its lines are not indented; close it with ] or }',
  BLOCK_AS_IMPLICIT_KEY:
    'this line has a second key, or is indented further than the key before it; give each key a line of its own, and keys of one section the same indent',
  MULTILINE_IMPLICIT_KEY: 'this line has no colon after its key; write `key: value`',
  BAD_SCALAR_START: 'a value cannot begin with this character; put the value in quotes',
  BAD_DQ_ESCAPE: 'there is no such escape with \\ in "quotes"; write the text in \'single quotes\'',
  BLOCK_IN_FLOW: 'a comma is missing between two keys in { }; put one there',
  MULTIPLE_DOCS: 'a second document begins here with ---; give each policy a file of its own',
  BAD_ALIAS: 'this * names no anchor that was set with & before it; write the value out, or put it in quotes',
  UNEXPECTED_TOKEN:
    'this does not belong here; look for a missing comma, quote or indent on this line or the one before',
};

/** A quote or a colon: the parser names it. */
const MISSING: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/quote/, 'a quote is opened here and not closed; close it'],
  [/followed by map values/, 'this line has no colon after its key; write `key: value`'],
];

export function wordYamlError({ code, message }: Pick<YAMLParseError, 'code' | 'message'>): string {
  const missing = code === 'MISSING_CHAR' ? MISSING.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  return missing ?? WORDS[code] ?? 'this is neither YAML nor JSON; look at this line and the one before';
}
