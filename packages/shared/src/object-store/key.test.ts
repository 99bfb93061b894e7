import { describe, expect, it } from 'vitest';
import { checkKey, checkPrefix, compareKeys, isUnder } from './key.ts';

describe('object keys', () => {
  it.each(['a', 'AC1/2026/11/21/CA1/RE1/media.wav', '..a', 'a..', '...', 'x'.repeat(1_024)])('may be %j', (key) => {
    expect(() => checkKey(key)).not.toThrow();
  });

  it.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    '..',
    'a/..',
    'a/./b',
    'a\\b',
    'a\0',
    '\u0085',
    '\ud800',
    'ä'.repeat(513),
  ])('may not be %j', (key) => {
    expect(() => checkKey(key)).toThrow(/unusable object key/);
  });

  it('may be empty or end with a slash as prefixes only', () => {
    expect(() => checkPrefix('')).not.toThrow();
    expect(() => checkPrefix('a/')).not.toThrow();
    expect(() => checkPrefix('a//')).toThrow(/unusable object key/);
  });

  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', true],
    ['a/b', 'a/b-c', false],
    ['a/b', 'a/bc/d', false],
    ['a/b/', 'a/b/c', true],
    ['a/b/', 'a/b', false],
  ])('under %j: %j is %j', (prefix, key, expected) => {
    expect(isUnder(prefix, key)).toBe(expected);
  });

  it('are ordered by their bytes, not by their UTF-16 units', () => {
    expect(['\u{1f600}', '\uffee', 'a'].sort(compareKeys)).toEqual(['a', '\uffee', '\u{1f600}']);
  });
});
