import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answerCheck } from './openapi.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

it('is OpenAPI 3.1 by the specification’s own schema, with every reference there', async () => {
  const { json } = await api.send('/openapi.json', { token: null });
  const validator = new Validator();
  expect(await validator.validate(structuredClone(json))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

it('is what every answer of these tests is held to, which an answer that is not so would show', async () => {
  const { json } = await api.send('/openapi.json', { token: null });
  const check = answerCheck(json);
  const path = '/v1/recordings';
  const type = 'application/json';
  expect(check('GET', path, 200, type, { recordings: [] })).toBeUndefined();
  expect(check('GET', path, 200, type, { recordings: [{ state: 'gone' }] })).toContain('must have required property');
  expect(check('GET', path, 418, type, {})).toBe('GET /v1/recordings does not tell of 418');
  expect(check('GET', path, 401, 'application/problem+json', {})).toContain('must have required property');
});
