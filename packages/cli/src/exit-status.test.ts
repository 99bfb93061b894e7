import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXIT } from './exit-status.ts';
import { onrecord } from './testing/onrecord.ts';

const STATUSES = Object.values(EXIT).map(String);

it('is one of those that the documentation tells of, and no other is told of', () => {
  const page = readFileSync(new URL('../../../docs/records-api.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('| exit status | means |');
  expect([...(table.split('\n\n')[0] ?? '').matchAll(/^\| (\d+) \|/gm)].map(([, status]) => status)).toEqual(STATUSES);
});

it('is in the help as well', async () => {
  const [, told = ''] = (await onrecord('--help', {})).out.split('Exit status: ');
  expect(told.match(/\d+/g)).toEqual(STATUSES);
});
