import { EventLogUnavailableError, RecordTooLargeError } from '@onrecord/shared/event-log/port';
import { PublisherOverloadedError } from '@onrecord/shared/event-log/publisher';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { debuggerForm, PAYLOAD } from '../testing/alerts.ts';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, type Ask, BASE, get, post, RECORDING, sid } from '../testing/signed-request.ts';

describe('the signature', () => {
  test('is checked over the configured address, whatever the Host header says', async () => {
    const { app, published } = ingest();
    expect((await app.request(...post('/webhooks/recording', RECORDING, { at: 'http://evil.example' }))).status).toBe(
      204,
    );
    expect(published).toHaveLength(1);
  });

  test('is checked over every public address, and what is answered leads to the one that was called', async () => {
    const { app } = ingest({ publicBaseUrls: [BASE, 'https://other.example/twilio'], dialTo: '+14155550142' });
    for (const base of [BASE, 'https://other.example/twilio']) {
      const answer = await app.request(...post('/voice/inbound', RECORDING, { base }));
      expect(await answer.text()).toContain(`action="${base}/voice/consent?`);
    }
    const third = post('/voice/inbound', RECORDING, { base: 'https://other.example', at: 'https://other.example' });
    expect((await app.request(...third)).status).toBe(403);
  });

  test.each(['http://internal/webhooks/recording', 'http://internal/twilio/webhooks/recording'])(
    'is checked over a public address with a path, which a proxy may remove: %s',
    async (at) => {
      const publicBaseUrl = `${BASE}/twilio`;
      const [, init] = post('/webhooks/recording', RECORDING, { base: publicBaseUrl });
      expect((await ingest({ publicBaseUrls: [publicBaseUrl] }).app.request(at, init)).status).toBe(204);
    },
  );

  test.each([
    ['of another token', post('/webhooks/recording', RECORDING, { token: 'another-token' })],
    ['of another host', post('/webhooks/recording', RECORDING, { base: 'https://evil.example' })],
    ['of another path', [post('/webhooks/recording', RECORDING)[0], post('/voice/status', RECORDING)[1]] as const],
  ])('%s is refused and nothing is published', async (_, [url, init]) => {
    const { app, published } = ingest();
    const answer = await app.request(url, init);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(published).toEqual([]);
  });

  test('of the next token is accepted while tokens are rotated', async () => {
    const { app } = ingest({ tokens: ['current', 'next'] });
    expect((await app.request(...post('/webhooks/recording', RECORDING, { token: 'next' }))).status).toBe(204);
  });

  test('that fails is logged with the address it was checked over, and without what people said or own', async () => {
    const { app, logged, registry } = ingest();
    await app.request(...get('/webhooks/voice/status', 'From=%2B14155551234', { token: 'other' }));
    await app.request('http://internal/webhooks/recording');
    expect(logged.join('')).toContain(`"signedUrl":"${BASE}/webhooks/voice/status?…"`);
    expect(logged.join('')).toContain('PUBLIC_BASE_URL');
    expect(logged.join('')).not.toMatch(/4155551234|the-auth-token/);
    const counted = await registry.metrics();
    expect(counted).toMatch(/signature_failures_total\{reason="mismatch",near_miss="none"\} 1/);
    expect(counted).toMatch(/signature_failures_total\{reason="missing",near_miss="not-looked-for"\} 1/);
  });

  test('that nearly matches says what is to be changed, and is refused all the same', async () => {
    const { app, logged, registry, published } = ingest();
    const at = 'http://tunnel.example.net';
    const asked: Ask[] = [
      post('/webhooks/recording', RECORDING, { base: BASE.replace('https', 'http') }),
      post('/webhooks/recording', RECORDING, { token: 'an-api-key-secret' }),
      post('/webhooks/recording', RECORDING, { base: 'https://tunnel.example.net', at }),
    ];
    for (const [url, init] of asked) {
      const headers = { ...init.headers, host: new URL(url).host };
      expect((await app.request(url, { ...init, headers })).status).toBe(403);
    }
    const lines = logged.map((line) => JSON.parse(line)).filter(({ remedy }) => remedy !== undefined);
    expect(lines).toMatchObject([
      { cause: 'scheme', url: 'http://calls.example.com/webhooks/recording', signedUrl: `${BASE}/webhooks/recording` },
      { cause: 'api-key-secret', remedy: expect.stringContaining('primary auth token') },
      { cause: 'host', url: 'https://tunnel.example.net/webhooks/recording' },
    ]);
    expect(logged.join('')).not.toMatch(/the-auth-token|an-api-key-secret/);
    expect(await registry.metrics()).toMatch(/signature_failures_total\{reason="mismatch",near_miss="scheme"\} 1/);
    expect(published).toEqual([]);
  });

  test('that fails again and again is looked into only so often in a minute', async () => {
    const { app, registry } = ingest({ looksPerMinute: 2 });
    for (let i = 0; i < 5; i += 1) await app.request(...post('/webhooks/recording', RECORDING, { token: 'guess' }));
    const counted = await registry.metrics();
    expect(counted).toMatch(/near_miss="none"\} 2/);
    expect(counted).toMatch(/near_miss="not-looked-for"\} 3/);
  });

  // Anybody could use up the looks of each minute with requests of their own, and no wrong setting was explained any more.
  test.each([
    ['no account', {}],
    ['another account', { AccountSid: sid('AC', 'f') }],
  ])('requests that name %s leave the looks to those that name ours', async (_, parameters) => {
    const { app, logged } = ingest({ looksPerMinute: 2 });
    for (let i = 0; i < 5; i += 1) await app.request(...post('/webhooks/recording', parameters, { token: 'guess' }));
    await app.request(...post('/webhooks/recording', RECORDING, { base: 'http://calls.example.com' }));
    expect(logged.join('')).toContain('"cause":"scheme"');
  });
});

describe('what is not acknowledged', () => {
  test.each<[number, string, Error]>([
    [503, 'a fact that could not be made durable', new EventLogUnavailableError('no broker')],
    [503, 'a fact for which there was no room', new PublisherOverloadedError('full')],
    [413, 'a fact that is too large to be kept', new RecordTooLargeError('940 kB')],
    [500, 'a fact on which something unforeseen went wrong', new TypeError('x is not a function')],
  ])('%i for %s, so that Twilio knows', async (status, _, error) => {
    const { app } = ingest({ publish: () => Promise.reject(error) });
    const answer = await app.request(...post('/webhooks/recording', RECORDING));
    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(await answer.text()).not.toContain(error.message);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no RecordingSid', { RecordingSid: '' }, 'RecordingSid'],
    ['a path in a SID', { RecordingSid: '../../etc/passwd' }, 'RecordingSid'],
    ['a SID with a line break at its end', { RecordingSid: `${sid('RE')}\n` }, 'RecordingSid'],
    ['a SID of another kind', { CallSid: sid('RE') }, 'CallSid'],
    ['another account', { AccountSid: sid('AC', 'b') }, 'AccountSid'],
    ['no status', { RecordingStatus: '' }, 'RecordingStatus'],
  ])('%s: 400 with the parameter’s name', async (_, change, parameter) => {
    const { app, published } = ingest();
    const answer = await app.request(...post('/webhooks/recording', { ...RECORDING, ...change }));
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ parameter });
    expect(published).toEqual([]);
  });

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  test.each<[number, string, RequestInit]>([
    [405, 'PUT', { method: 'PUT' }],
    [415, 'no type', { method: 'POST', body: 'x' }],
    [
      413,
      'chunks beyond the limit',
      { method: 'POST', body: new Blob(['x'.repeat(65_537)]).stream(), duplex: 'half' } as RequestInit,
    ],
    [413, 'a length beyond the limit', { method: 'POST', body: 'x', headers: { 'content-length': '65537' } }],
    [413, '501 parameters', { method: 'POST', body: 'a&'.repeat(501), headers: { ...form, 'content-length': '1002' } }],
    [415, 'XML', { method: 'POST', body: '<a/>', headers: { 'content-length': '4', 'content-type': 'text/xml' } }],
    [
      400,
      'no JSON',
      { method: 'POST', body: '{', headers: { 'content-length': '1', 'content-type': 'application/json' } },
    ],
    [403, 'no signature', { method: 'GET' }],
    [405, 'HEAD', { method: 'HEAD' }],
    [405, 'OPTIONS', { method: 'OPTIONS' }],
  ])('%i for %s', async (status, _, init) => {
    const answer = await ingest().app.request('http://internal/webhooks/recording', init);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});

/** Any text at all, with NUL and halves of characters. fast-check's own `binary` takes seconds to begin on a busy machine. */
const codeUnits = fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units));

test('any parameters get an answer, and never a 500', async () => {
  const { app } = ingest({ dialTo: '+14155550142' });
  const paths = ['/webhooks/recording', '/webhooks/voice/status', '/webhooks/conference', '/voice/consent'];
  const names = [
    ...Object.keys(RECORDING),
    'CallStatus',
    'StatusCallbackEvent',
    'ConferenceSid',
    'Timestamp',
    'Digits',
  ];
  const values = [...Object.values(RECORDING), sid('CF'), 'participant-join', '1'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.dictionary(
        fc.oneof(fc.string(), fc.constantFrom(...names, '__proto__', 'constructor')),
        fc.oneof(fc.string(), codeUnits, fc.constantFrom(...values)),
      ),
      fc.boolean(),
      async (path, random, isComplete) => {
        const parameters = isComplete ? { ...RECORDING, ...random } : random;
        const answer = await app.request(...post(path, parameters));
        // A lone surrogate changes on its way through UTF-8, so its signature cannot match: 403 is right there.
        expect([200, 204, 400, 403]).toContain(answer.status);
      },
    ),
  );
});

// Every start of ingest, and every run of the doctor, once left "a callback was refused" in the log.
test('the question of onrecord doctor is answered 400, and is nothing to warn of', async () => {
  const { app, logged } = ingest();
  expect((await app.request(...post('/webhooks/recording', {}))).status).toBe(400);
  expect(logged.join('')).not.toMatch(/"level":"(warn|error)"|a callback was refused/);
});

// The log once said "elsewhere", "use GET, POST" and "is missing": nobody could tell which address, method or call that was.
test.each<[string, Ask, Record<string, unknown>]>([
  [
    'the address that is nearly right',
    post('/webhooks/recording/', RECORDING),
    {
      level: 'warn',
      path: '/webhooks/recording/',
      remedy: expect.stringContaining(`did you mean ${BASE}/webhooks/recording?`),
    },
  ],
  [
    'an address of no use',
    post(`/${'x\u0001'.repeat(200)}`, {}),
    { level: 'warn', path: expect.stringMatching(/^[ -~]{100,600}$/) },
  ],
  ['the method', ['http://internal/webhooks/recording', { method: 'PUT', headers: {} }], { method: 'PUT' }],
  [
    'the size, and the setting',
    ['http://internal/webhooks/recording', { method: 'POST', headers: { 'content-length': '70000' } }],
    { bytes: 70_000, remedy: expect.stringContaining('BODY_BYTES_MAX') },
  ],
  [
    'the call, and the account',
    post('/webhooks/recording', { ...RECORDING, AccountSid: sid('AC', 'b') }),
    { callSid: sid('CA'), reason: expect.stringMatching(`${sid('AC', 'b')}.*ACCOUNTS_FILE`) },
  ],
  [
    'the call of an alert',
    post('/webhooks/debugger', debuggerForm(PAYLOAD, { Level: '' })),
    { callSid: sid('CA'), httpStatus: 400, path: '/webhooks/debugger' },
  ],
  [
    'the call of an alert without a code',
    post('/webhooks/debugger', debuggerForm({ more_info: { callSid: sid('CA', 'b') } })),
    { callSid: sid('CA', 'b'), reason: 'error_code is missing' },
  ],
  [
    'the call whose caller answers',
    post('/voice/consent?visit=x', { AccountSid: ACCOUNT, CallSid: sid('CA'), Digits: '1' }),
    { callSid: sid('CA'), httpStatus: 400, path: '/voice/consent' },
  ],
])('a refusal names %s', async (_, [url, init], fields) => {
  const { app, logged } = ingest({ dialTo: '+14155550142' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...init.headers };
  expect((await app.request(url, { ...init, headers })).status).toBeGreaterThanOrEqual(400);
  expect(logged.map((line) => JSON.parse(line))).toContainEqual(expect.objectContaining(fields));
});
