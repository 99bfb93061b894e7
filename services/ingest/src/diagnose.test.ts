import { expect, test } from 'vitest';
import { ingest } from './testing/ingest-app.ts';
import { ACCOUNT, post, sid } from './testing/signed-request.ts';

const CALL = { AccountSid: ACCOUNT, CallSid: sid('CA'), Direction: 'outbound-api' };

test.each([
  [{ CallStatus: 'busy', SipResponseCode: '486' }, 'sip:486'],
  [{ CallStatus: 'failed', SipResponseCode: '503', ErrorCode: '32001' }, 'twilio:32001'],
  [{ CallStatus: 'failed', SipResponseCode: '415', Direction: 'trunking-originating' }, 'trunk:codec'],
  [{ CallStatus: 'canceled', ErrorCode: '0' }, 'call:canceled'],
])('a call that ended with %j carries its cause %s', async (parameters, key) => {
  const { app, published } = ingest();
  await app.request(...post('/webhooks/voice/status', { ...CALL, ...parameters }));
  expect(published).toMatchObject([{ data: { diagnosis: { key } } }]);
});

test.each(['initiated', 'ringing', 'in-progress', 'completed', 'levitating'])(
  'one that is %s carries none',
  async (status) => {
    const { app, published } = ingest();
    await app.request(...post('/webhooks/voice/status', { ...CALL, CallStatus: status, SipResponseCode: '200' }));
    expect(published).toHaveLength(1);
    expect(published[0]?.data).not.toHaveProperty('diagnosis.key');
  },
);
