import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createLogger, maskNumber } from './logger.ts';

/** A logger and what it has written. */
function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ service: 'test', level: 'trace', destination });
  return { logger, text: () => lines.join(''), line: () => JSON.parse(lines.at(-1) ?? '{}') };
}

test('masks a number so that it can be recognised and not learnt', () => {
  expect(maskNumber('+14155551234')).toBe('+1415****234');
  expect(maskNumber('sip:+14155551234@example.com')).toBe('sip:+1415****234@example.com');
  expect(maskNumber('anonymous')).toBe('anonymous');
});

test('writes the service, the level by name, the time and the message', () => {
  const { logger, line } = capture();
  logger.info({ recordingSid: 'RE1', bytes: 12 }, 'archived');
  expect(line()).toMatchObject({ level: 'info', service: 'test', recordingSid: 'RE1', bytes: 12, msg: 'archived' });
  expect(line().time).toMatch(/^\d{4}-\d\d-\d\dT/);
});

// A line once told of a difference between clocks without saying how large it was: its fields were dropped without a word.
test('a field that would be dropped does not compile, however it is given', () => {
  const { logger, line } = capture();
  const more = { differenceMs: 7 };
  // @ts-expect-error it is not among those that are written
  logger.warn({ callSid: 'CA1', differenceMs: 7 }, 'written');
  // @ts-expect-error nor is it in another object
  logger.child(more).warn({ callSid: 'CA1', ...more }, 'written');
  expect(line()).toMatchObject({ callSid: 'CA1', msg: 'written' });
  expect(line()).not.toHaveProperty('differenceMs');
});

describe('what must not get into a log does not, whoever puts it there', () => {
  const token = 'f00dfacef00dface';
  test.each<[string, Record<string, unknown>]>([
    ['a field that nobody allowed', { authToken: token, transcript: token }],
    ['a field deep inside an allowed one', { policy: { name: 'p', authToken: token } }],
    ['a bound field of a child logger', { password: token }],
    ['an error with a library’s request on it', { err: Object.assign(new Error('x'), { config: { auth: token } }) }],
    ['an error that quotes a URL with credentials', { err: new Error(`connect postgres://user:${token}@db/x failed`) }],
    ['an error that quotes a header', { err: new Error(`sent Authorization: Basic ${token}`) }],
    ['an error that quotes a header of letters alone', { err: new Error('authorization: Bearer swordfish') }],
    ['a cause of an error', { err: new Error('x', { cause: new Error(`Bearer ${token}`) }) }],
    ['a reason taken from an error', { reason: `Token ${token} was refused` }],
  ])('%s', (_, fields) => {
    const { logger, text } = capture();
    // Whoever has no type for it: a field that is named does not compile.
    const untyped: object = fields;
    logger.child(untyped).error(untyped, `message`);
    expect(text()).toContain('message');
    expect(text()).not.toMatch(/f00dface|swordfish/);
  });

  test.each<[string, (logger: ReturnType<typeof capture>['logger']) => void]>([
    ['a from field', (logger) => logger.info({ from: '+14155551234', to: '+14155559999' }, 'call')],
    ['a message', (logger) => logger.info('call from +14155551234')],
    ['an error', (logger) => logger.error({ err: new Error('no route to +14155551234') }, 'failed')],
    ['an encoded URL', (logger) => logger.warn({ url: 'https://x/?From=%2B14155551234' }, 'refused')],
  ])('a phone number in %s', (_, write) => {
    const { logger, text } = capture();
    write(logger);
    expect(text()).not.toMatch(/4155551234|4155559999/);
    expect(text()).toContain('****');
  });
});

// The reason of a refused signature once read "no configured token *** this".
test.each([
  'the signature does not match: no configured token signed this',
  'a token belongs to one account; basic knowledge, bearer instruments',
])('leaves words as they are: %s', (reason) => {
  const { logger, line } = capture();
  logger.warn({ reason }, reason);
  expect(line()).toMatchObject({ reason, msg: reason });
});

test('keeps the name, message, code, stack and causes of an error', () => {
  const { logger, line } = capture();
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  logger.error({ err: new TypeError('outer', { cause }) }, 'failed');
  expect(line().err).toMatchObject({ name: 'TypeError', message: 'outer', cause: { code: 'ECONNREFUSED' } });
  expect(line().err.stack).toContain('logger.test.ts');
});

test('survives causes that go in circles and values that JSON does not know', () => {
  const { logger, line } = capture();
  const circular: Error & { cause?: unknown } = new Error('circle');
  circular.cause = circular;
  logger.error({ err: circular, offset: 12n, at: new Date(0) }, 'failed');
  expect(line()).toMatchObject({ offset: '12', at: '1970-01-01T00:00:00.000Z' });
});
