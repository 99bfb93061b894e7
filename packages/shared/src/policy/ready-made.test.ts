import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPolicy } from './read-policy.ts';

const FOLDER = new URL('../../../../policies/', import.meta.url);
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const read = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');

describe.each(files)('the ready-made policy %s', (name) => {
  const text = read(name);

  it('is named after its file, and nothing is wrong with it', () => {
    const { policy, faults } = readPolicy(text);
    expect(faults).toBeUndefined();
    expect(`${policy?.name}.yaml`).toBe(name);
  });

  it('says what it is no substitute for, and when its sources were read', () => {
    expect(text).toContain('# Not legal advice.');
    expect(text).toMatch(/read \d{4}-\d{2}-\d{2}\)/);
  });

  // "Read" stood beside figures whose text nobody had opened.
  it('says of each figure how far its source was read', () => {
    const { policy } = readPolicy(text);
    const minimums = [policy?.defaults, ...(policy?.rules ?? [])].flatMap((part) => part?.minimums ?? []);
    for (const { source } of minimums) {
      expect(source).toMatch(/ \((text read|read as quoted|not checked against the text)\)$/);
    }
  });

  it('is in the list of all', () => {
    expect(read('README.md')).toContain(`[${name}](${name})`);
  });
});

it('there are some for several regimes', () => {
  expect(files.length).toBeGreaterThanOrEqual(6);
});
