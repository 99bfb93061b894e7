import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { createMetrics } from '@onrecord/shared/telemetry/metrics';
import fc from 'fast-check';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { createIngestMetrics } from '../metrics.ts';
import { createApp } from './app.ts';

const TOKEN = 'the-auth-token';
const BASE = 'https://calls.example.com';
const sid = (prefix: string, digit = 'a') => prefix + digit.repeat(32);
const ACCOUNT = sid('AC');
const RECORDING = {
  AccountSid: ACCOUNT,
  CallSid: sid('CA'),
  RecordingSid: sid('RE'),
  RecordingStatus: 'completed',
  RecordingDuration: '5',
  RecordingChannels: '2',
  RecordingStartTime: 'Tue, 28 May 2019 02:18:02 +0000',
  RecordingSource: 'StartCallRecordingTwiML',
  RecordingUrl: `http://169.254.169.254/latest/meta-data`,
  ErrorCode: '0',
};

function ingest(overrides: { publish?: () => Promise<void>; dialTo?: string; tokens?: string[] } = {}) {
  const published: OnrecordEvent[] = [];
  const app = createApp(
    {
      publicBaseUrl: BASE,
      accountSid: ACCOUNT,
      authTokens: overrides.tokens ?? [TOKEN],
      bodyBytesMax: 65_536,
      dialTo: overrides.dialTo,
      logger: createLogger({ service: 'ingest', level: 'silent' }),
      metrics: createIngestMetrics(createMetrics('ingest')),
      now: () => new Date('2026-11-21T10:00:00Z'),
      publish: overrides.publish ?? (async (events) => void published.push(...events)),
    },
    {},
  );
  return { app, published };
}

/** A form POST as Twilio sends it. */
function post(path: string, parameters: Record<string, string>, token = TOKEN): [string, RequestInit] {
  const body = new URLSearchParams(parameters).toString();
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'content-length': String(Buffer.byteLength(body)),
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(token, `${BASE}${path}`, parameters),
  };
  return [`http://internal:8080${path}`, { method: 'POST', headers, body }];
}

describe('a recording callback', () => {
  test('becomes a durable fact with everything that Twilio said, and is then answered 204', async () => {
    const { app, published } = ingest();
    const answer = await app.request(...post('/webhooks/recording', RECORDING));
    expect(answer.status).toBe(204);
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({
      id: `recording:${RECORDING.RecordingSid}:completed`,
      source: `/accounts/${ACCOUNT}`,
      subject: RECORDING.CallSid,
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      data: {
        durationSeconds: 5,
        channels: 2,
        startedAt: '2019-05-28T02:18:02.000Z',
        errorCode: 0,
        parameters: RECORDING,
      },
    });
  });

  test('is the same fact when it comes twice', async () => {
    const { app, published } = ingest();
    for (let i = 0; i < 2; i += 1) await app.request(...post('/webhooks/recording', RECORDING));
    expect(new Set(published.map((event) => event.id)).size).toBe(1);
  });

  test('of a conference has no CallSid', async () => {
    const { CallSid: _, ...rest } = RECORDING;
    const { app, published } = ingest();
    await app.request(...post('/webhooks/recording', { ...rest, ConferenceSid: sid('CF') }));
    expect(published[0]).toMatchObject({ subject: sid('CF'), data: { conferenceSid: sid('CF') } });
  });

  test('with a status and parameters that nobody has seen yet is taken in', async () => {
    const { app, published } = ingest();
    const strange = {
      ...RECORDING,
      RecordingStatus: 'levitating',
      RecordingDuration: 'NaN',
      NewField: 'x',
      __proto__x: '1',
    };
    expect((await app.request(...post('/webhooks/recording', strange))).status).toBe(204);
    expect(published[0]?.data).toMatchObject({
      status: 'levitating',
      parameters: { NewField: 'x', RecordingDuration: 'NaN' },
    });
  });

  test('comes by GET as well', async () => {
    const path = `/webhooks/recording?${new URLSearchParams(RECORDING)}`;
    const signature = webhooks.getExpectedTwilioSignature(TOKEN, `${BASE}${path}`, {});
    const { app, published } = ingest();
    const answer = await app.request(`http://internal${path}`, { headers: { 'x-twilio-signature': signature } });
    expect(answer.status).toBe(204);
    expect(published).toHaveLength(1);
  });

  test('comes as JSON as well, covered by the hash of its body', async () => {
    const body = JSON.stringify(RECORDING);
    const path = `/webhooks/recording?bodySHA256=${webhooks.getExpectedBodyHash(body)}`;
    const headers = {
      'content-type': 'application/json',
      'content-length': String(body.length),
      'x-twilio-signature': webhooks.getExpectedTwilioSignature(TOKEN, `${BASE}${path}`, {}),
    };
    const { app, published } = ingest();
    expect((await app.request(`http://internal${path}`, { method: 'POST', headers, body })).status).toBe(204);
    const changed = body.replace('completed', 'comqleted');
    expect((await app.request(`http://internal${path}`, { method: 'POST', headers, body: changed })).status).toBe(403);
    expect(published).toHaveLength(1);
  });
});

describe('the signature', () => {
  test('is checked over the configured address, whatever the Host header says', async () => {
    const { app, published } = ingest();
    const [, init] = post('/webhooks/recording', RECORDING);
    expect((await app.request('http://evil.example/webhooks/recording', init)).status).toBe(204);
    expect(published).toHaveLength(1);
  });

  test.each([
    ['of another token', post('/webhooks/recording', RECORDING, 'another-token')],
    [
      'of another path',
      [post('/webhooks/recording', RECORDING)[0], post('/webhooks/voice/status', RECORDING)[1]] as const,
    ],
  ])('%s is refused and nothing is published', async (_, [url, init]) => {
    const { app, published } = ingest();
    const answer = await app.request(url, init);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(published).toEqual([]);
  });

  test('of the next token is accepted while tokens are rotated', async () => {
    const { app } = ingest({ tokens: [TOKEN, 'next'] });
    expect((await app.request(...post('/webhooks/recording', RECORDING, 'next'))).status).toBe(204);
  });
});

describe('what is not acknowledged', () => {
  test('a fact that could not be made durable: 503, so that Twilio comes again', async () => {
    const { app } = ingest({ publish: () => Promise.reject(new EventLogUnavailableError('no broker')) });
    const answer = await app.request(...post('/webhooks/recording', RECORDING));
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test.each<[string, Record<string, string>, string]>([
    ['no RecordingSid', { RecordingSid: '' }, 'RecordingSid'],
    ['a path in a SID', { RecordingSid: '../../etc/passwd' }, 'RecordingSid'],
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

  test.each<[number, string, RequestInit]>([
    [405, 'PUT', { method: 'PUT' }],
    [411, 'no length', { method: 'POST', body: 'x' }],
    [413, 'a length beyond the limit', { method: 'POST', body: 'x', headers: { 'content-length': '65537' } }],
    [415, 'XML', { method: 'POST', body: '<a/>', headers: { 'content-length': '4', 'content-type': 'text/xml' } }],
    [403, 'no signature', { method: 'GET' }],
  ])('%i for %s', async (status, _, init) => {
    const answer = await ingest().app.request('http://internal/webhooks/recording', init);
    expect(answer.status).toBe(status);
    if (status === 405) expect(answer.headers.get('allow')).toBe('GET, POST');
  });
});

test('a call’s status is a fact of its leg, by time and parent', async () => {
  const { app, published } = ingest();
  const parameters = {
    AccountSid: ACCOUNT,
    CallSid: sid('CA', 'b'),
    ParentCallSid: sid('CA'),
    CallStatus: 'busy',
    SequenceNumber: '3',
    SipResponseCode: '486',
    Timestamp: 'Tue, 28 May 2019 02:18:02 +0000',
  };
  expect((await app.request(...post('/webhooks/voice/status', parameters))).status).toBe(204);
  expect(published[0]).toMatchObject({
    id: `call:${sid('CA', 'b')}:busy`,
    time: '2019-05-28T02:18:02.000Z',
    data: { parentCallSid: sid('CA'), sequenceNumber: 3, sipResponseCode: 486 },
  });
});

test('somebody who joins a conference is a fact; other conference events are only acknowledged', async () => {
  const { app, published } = ingest();
  const parameters = { AccountSid: ACCOUNT, ConferenceSid: sid('CF'), CallSid: sid('CA') };
  for (const StatusCallbackEvent of ['participant-join', 'participant-leave', 'something-new']) {
    const answer = await app.request(...post('/webhooks/conference', { ...parameters, StatusCallbackEvent }));
    expect(answer.status).toBe(204);
  }
  expect(published.map((event) => event.id)).toEqual([`conference:${sid('CF')}:joined:${sid('CA')}`]);
});

describe('the consent prompt', () => {
  const call = { AccountSid: ACCOUNT, CallSid: sid('CA'), From: '+14155550100', To: '+14155550101' };
  const dialTo = '+14155550142';

  test('asks, and sends the answer to an absolute address, also when there is none', async () => {
    const answer = await ingest({ dialTo }).app.request(...post('/voice/inbound', call));
    expect(answer.headers.get('content-type')).toContain('text/xml');
    const twiml = await answer.text();
    expect(twiml).toContain(`action="${BASE}/voice/consent"`);
    expect(twiml).toContain('actionOnEmptyResult="true"');
  });

  test.each([
    ['1', 'granted', true],
    ['2', 'refused', false],
    ['', undefined, false],
    ['7', undefined, false],
  ])('pressing "%s" is %s, and the call is recorded: %s', async (Digits, outcome, recorded) => {
    const { app, published } = ingest({ dialTo });
    const twiml = await (await app.request(...post('/voice/consent', { ...call, Digits }))).text();
    expect(twiml.includes('<Recording')).toBe(recorded);
    expect(twiml).toContain(dialTo);
    expect(published.map((event) => event.data)).toEqual(
      outcome === undefined
        ? []
        : [expect.objectContaining({ outcome, callSid: sid('CA'), party: 'caller', method: 'key-press' })],
    );
  });

  test('a consent that cannot be kept is none: the caller is connected and not recorded', async () => {
    const { app } = ingest({ dialTo, publish: () => Promise.reject(new EventLogUnavailableError('no broker')) });
    const answer = await app.request(...post('/voice/consent', { ...call, Digits: '1' }));
    expect(answer.status).toBe(200);
    const twiml = await answer.text();
    expect(twiml).toContain(dialTo);
    expect(twiml).not.toContain('<Recording');
  });

  test('says which setting turns it on', async () => {
    const answer = await ingest().app.request(...post('/voice/inbound', call));
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('VOICE_DIAL_TO');
  });
});

test('any parameters get an answer, and never a 500', async () => {
  const { app } = ingest({ dialTo: '+14155550142' });
  const paths = ['/webhooks/recording', '/webhooks/voice/status', '/webhooks/conference', '/voice/consent'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.dictionary(
        fc.oneof(
          fc.string(),
          fc.constantFrom(...Object.keys(RECORDING), 'CallStatus', 'Timestamp', 'Digits', '__proto__'),
        ),
        fc.oneof(fc.string(), fc.constantFrom(...Object.values(RECORDING))),
      ),
      async (path, parameters) => {
        const answer = await app.request(...post(path, parameters));
        // A lone surrogate changes on its way through UTF-8, so its signature cannot match: 403 is right there.
        expect([200, 204, 400, 403]).toContain(answer.status);
      },
    ),
  );
});
