import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const NOUNS = ['recordings', 'reconcile', 'policies', 'erasures', 'deletions', 'media', 'search'];

it.each([
  ['recordnigs', 'recordings'],
  ['recording', 'recordings'],
  ['record', 'recordings'],
  ['policy', 'policies'],
  ['erase', 'erasures'],
  ['delete', 'deletions'],
  ['serch', 'search'],
  ['reservation', undefined],
  ['restart', undefined],
])('takes %s for %s', (word, meant) => {
  expect(nearest(word, NOUNS)).toBe(meant);
});

it.each([
  ['--satte=waiting', '--state'],
  ['--onse', '--once'],
  ['admin', 'administrator'],
  ['--no-x', undefined],
])('takes %s for %s', (word, meant) => {
  expect(nearest(word, ['--state', '--once', '--no-demo', 'administrator', 'auditor'])).toBe(meant);
});
