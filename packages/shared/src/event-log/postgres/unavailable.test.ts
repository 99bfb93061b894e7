import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { MigrationError } from '../../postgres/migration-files.ts';
import { EventLogUnavailableError, TopicMismatchError } from '../port.ts';
import { orUnavailable, toUnavailable } from './unavailable.ts';

const serverError = (code: string) => Object.assign(new pg.DatabaseError('says the server', 0, 'error'), { code });

describe('an error of the database', () => {
  test.each([
    ['a refused connection', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['refused connections to all addresses', new AggregateError([new Error('no')])],
    ['a connection that broke', new Error('Connection terminated unexpectedly')],
    ['a shutdown', serverError('57P01')],
    ['too many connections', serverError('53300')],
    ['a full disk', serverError('53100')],
    ['a standby that takes no writes', serverError('25006')],
    ['a statement that took too long', serverError('57014')],
  ])('%s means that it is unavailable', (_, error) => {
    const translated = toUnavailable(error, 'answer');
    expect(translated).toBeInstanceOf(EventLogUnavailableError);
    expect((translated as Error).cause).toBe(error);
  });

  test.each([
    ['a value that cannot be stored', serverError('22021')],
    ['a missing table', serverError('42P01')],
    ['a programming mistake', new TypeError('x is not a function')],
    ['a topic that is otherwise', new TopicMismatchError('no')],
    ['a newer schema', new MigrationError('no')],
  ])('%s stays what it is', (_, error) => {
    expect(toUnavailable(error, 'answer')).toBe(error);
  });
});

test('an answer that does not come is unavailable, and what comes of it later is no unhandled rejection', async () => {
  const late = Promise.withResolvers<void>();
  await expect(orUnavailable(late.promise, 5, 'answer')).rejects.toThrow('the database did not answer within 5 ms');
  late.reject(new Error('too late'));
});
