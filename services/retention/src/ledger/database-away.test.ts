import { describe, expect, it } from 'vitest';
import { isDatabaseAway, isRejectedForGood } from './database-away.ts';

const withCode = (code: string) => Object.assign(new Error('said so'), { code });

describe('the database is away', () => {
  it.each([
    ['57P01', 'the server is shut down by its administrator'],
    ['57P03', 'the server starts up'],
    ['53300', 'all connections are taken'],
    ['53100', 'the disk is full'],
    ['08006', 'the connection failed'],
    ['28P01', 'the password was changed'],
    ['25006', 'the server became a replica'],
    ['ECONNREFUSED', 'nobody listens'],
    ['EPIPE', 'the connection broke while it was written to'],
    ['EAI_AGAIN', 'its name cannot be looked up'],
  ])('on %s: %s', (code) => {
    expect(isDatabaseAway(withCode(code))).toBe(true);
    expect(isRejectedForGood(withCode(code))).toBe(false);
  });

  it.each([
    ['22021', 'text that Postgres cannot hold', true],
    ['23503', 'a violated constraint', true],
    ['42P01', 'a statement that is wrong', false],
    ['40001', 'transactions that collided', false],
    ['57014', 'a statement that took too long', false],
    ['ERR_INVALID_ARG_TYPE', 'a mistake in the program', false],
  ])('but not on %s: %s', (code, _, forGood) => {
    expect(isDatabaseAway(withCode(code))).toBe(false);
    expect(isRejectedForGood(withCode(code))).toBe(forGood);
  });

  it('nor on errors that are not about a database', () => {
    for (const error of [new TypeError('x is not a function'), new Error('said so'), 'text', undefined]) {
      expect(isDatabaseAway(error)).toBe(false);
    }
  });
});
