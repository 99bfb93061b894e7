import { describe, expect, test } from 'vitest';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, BASE, get, post, postJson, RECORDING, sid } from '../testing/signed-request.ts';

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
    expect(published).toHaveLength(2);
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
      constructor: 'y',
      Empty: '',
    };
    expect((await app.request(...post('/webhooks/recording', strange))).status).toBe(204);
    expect(published[0]?.data).toMatchObject({ status: 'levitating', parameters: strange });
  });

  test('comes by GET as well', async () => {
    const { app, published } = ingest();
    const asked = get('/webhooks/recording', new URLSearchParams(RECORDING).toString());
    expect((await app.request(...asked)).status).toBe(204);
    expect(published[0]?.data).toMatchObject({ parameters: RECORDING });
  });

  test('comes as JSON as well, covered by the hash of its body', async () => {
    const { app, published } = ingest();
    const [url, init] = postJson('/webhooks/recording', RECORDING);
    expect((await app.request(url, init)).status).toBe(204);
    const changed = { ...init, body: init.body?.replace('completed', 'comqleted') ?? '' };
    expect((await app.request(url, changed)).status).toBe(403);
    expect(published).toHaveLength(1);
    expect(published[0]?.data).toMatchObject({ parameters: RECORDING });
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

test('a call’s status without a time happened when it was received', async () => {
  const { app, published } = ingest();
  await app.request(
    ...post('/webhooks/voice/status', { AccountSid: ACCOUNT, CallSid: sid('CA'), CallStatus: 'ringing' }),
  );
  expect(published[0]).toMatchObject({ time: '2026-11-21T10:00:00.000Z' });
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

describe('behind a proxy that removes the public address’s own path', () => {
  // With PUBLIC_BASE_URL=https://calls.example.com/webhooks, "/webhooks/recording" looked like the whole path: every callback was 403.
  test.each(['/webhooks', '/voice', '/twilio'])('a public address that ends in %s is understood', async (path) => {
    const base = `${BASE}${path}`;
    const { app, published } = ingest({ publicBaseUrls: [base] });
    const answer = await app.request(...post('/webhooks/recording', RECORDING, { base }));
    expect(answer.status).toBe(204);
    expect(published).toHaveLength(1);
  });
});
