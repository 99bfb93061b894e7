import { expect, it } from 'vitest';
import { createPseudonyms } from './pseudonyms.ts';

const key = 'k'.repeat(32);

it('gives a number one pseudonym, which says nothing of it', () => {
  const pseudonym = createPseudonyms(key).of('+14155550100');
  expect(pseudonym).toMatch(/^psn_[A-Za-z0-9_-]{22}$/);
  expect(createPseudonyms(key).of('+14155550100')).toBe(pseudonym);
});

it('gives two numbers two, and another key others', () => {
  const all = [
    createPseudonyms(key).of('+14155550100'),
    createPseudonyms(key).of('+14155550101'),
    createPseudonyms('l'.repeat(32)).of('+14155550100'),
  ];
  expect(new Set(all).size).toBe(3);
});
