import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import data from './jurisdiction-rules.json' with { type: 'json' };
import numbers from './number-regions.json' with { type: 'json' };
import { regionsFile, rulesFile, SOURCE_KINDS } from './schema.ts';

const rules = rulesFile.parse(data);
const { regions } = regionsFile.parse(numbers);
const places = new Set(rules.lines.map((line) => line.jurisdiction));
const ofCountry = (country: string) => [...places].filter((place) => place.startsWith(`${country}-`));

const kindsOf = (sources: readonly string[]) => sources.map((source) => rules.sources[source]?.kind);
const docs = readFileSync(new URL('../../../../../docs/consent.md', import.meta.url), 'utf8');

const EU_MEMBERS = [
  ...['AT', 'BE', 'BG', 'CY', 'CZ', 'DE', 'DK', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'HU', 'IE', 'IT', 'LT', 'LU'],
  ...['LV', 'MT', 'NL', 'PL', 'PT', 'RO', 'SE', 'SI', 'SK'],
];

describe('the rules', () => {
  it('have every state and the District, every province and territory, every member and every state of Australia', () => {
    expect(ofCountry('US')).toHaveLength(51);
    expect(ofCountry('CA')).toHaveLength(13);
    expect(ofCountry('AU')).toHaveLength(8);
    expect([...EU_MEMBERS, 'EU', 'US', 'CA', 'GB', 'AU'].filter((place) => !places.has(place))).toEqual([]);
  });

  it.each(rules.lines.map((line) => [line.jurisdiction, line] as const))(
    '%s says by what it was checked',
    (_, line) => {
      for (const source of line.sources) expect(rules.sources).toHaveProperty(source);
      expect(line.rule === 'unverified').toBe(line.sources.length === 0);
      if (line.partOf !== undefined) expect(places).toContain(line.partOf);
    },
  );

  it('have no source that no line stands on', () => {
    const named = new Set(rules.lines.flatMap((line) => line.sources));
    expect(Object.keys(rules.sources).filter((source) => !named.has(source))).toEqual([]);
  });

  // Every line said 2020-01-01, as if a hundred laws had begun on that day.
  it('have a day of effect only by a source, and none that is the day of our choice', () => {
    const dated = rules.lines.filter((line) => line.effectiveFrom !== undefined);
    expect(dated.filter((line) => line.sources.length === 0 || line.effectiveFrom === rules.appliedFrom)).toEqual([]);
  });

  it('name the address of a law that was not opened only where a source quotes it', () => {
    const named = rules.lines.filter((line) => line.officialText !== undefined);
    expect(named.filter((line) => !kindsOf(line.sources).includes('quotation'))).toEqual([]);
  });

  it.each([...SOURCE_KINDS, 'nothing' as const])('docs/consent.md counts what stands on %s', (kind) => {
    const best = rules.lines.map((line) => SOURCE_KINDS.find((each) => kindsOf(line.sources).includes(each)));
    const count = best.filter((each) => (each ?? 'nothing') === kind).length;
    expect(docs).toMatch(new RegExp(`^\\| ${kind} \\|.*\\| ${count} \\|$`, 'm'));
  });

  // Sources disagreed on three of them, and the greater number was taken where docs/consent.md promises the stricter.
  it('ask for everybody in each state of Australia, where a record may not be handed on without', () => {
    const ofStates = rules.lines.filter((line) => line.partOf === 'AU');
    expect(ofStates.filter((line) => line.rule !== 'all-party')).toEqual([]);
  });

  it('speak of a place once for a day', () => {
    const keys = rules.lines.map(({ jurisdiction, effectiveFrom }) => `${jurisdiction} ${effectiveFrom}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('the numbers', () => {
  const prefixes = regions.flatMap((region) => region.prefixes);

  it('are each in the list once, in places that the rules know', () => {
    expect(new Set(prefixes).size).toBe(prefixes.length);
    expect(regions.flatMap((region) => region.jurisdictions).filter((place) => !places.has(place))).toEqual([]);
  });

  it('have an area code of every state and every province', () => {
    const reached = new Set(regions.flatMap((region) => region.jurisdictions));
    expect([...ofCountry('US'), ...ofCountry('CA'), ...ofCountry('AU')].filter((place) => !reached.has(place))).toEqual(
      [],
    );
  });

  it('have no toll-free, premium or personal area code, and none that is not of a plan', () => {
    const areaCodes = prefixes.filter((prefix) => prefix.startsWith('1')).map((prefix) => prefix.slice(1));
    const notGeographic = /^(5(00|2[1-9]|33|44|66|77|88)|600|622|633|700|710|8(00|22|33|44|55|66|77|88)|900)$/;
    expect(areaCodes.filter((code) => !/^[2-9]\d\d$/.test(code) || notGeographic.test(code))).toEqual([]);
  });
});
