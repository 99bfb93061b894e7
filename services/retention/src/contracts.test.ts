import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { contracts } from './contracts.ts';

const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

it.each(Object.entries(contracts))('%s is committed as it is generated', (name, document) => {
  expect(read(`../contracts/${name}`)).toEqual(JSON.parse(JSON.stringify(document)));
});

it.each([['jurisdiction-rules'], ['number-regions']])(
  'the committed %s fits the committed schema by another reader of schemas',
  (name) => {
    const ajv = new Ajv2020({ strict: false, formats: { date: true, uri: true } });
    expect(ajv.validate(read(`../contracts/${name}.schema.json`), read(`./domain/jurisdictions/${name}.json`))).toBe(
      true,
    );
  },
);
