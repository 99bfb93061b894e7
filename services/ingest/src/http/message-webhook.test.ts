import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import { expect, test } from 'vitest';
import { messageStatusPath } from '../domain/read-message-status.ts';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, post, sid } from '../testing/signed-request.ts';

const PATH = messageStatusPath({ callSid: sid('CA'), reason: 'dial-busy' });
const MESSAGE = { AccountSid: ACCOUNT, MessageSid: sid('SM'), To: '+14155550100', From: '+14155550199' };
const told = (MessageStatus: string, more: Record<string, string> = {}) => ({ ...MESSAGE, MessageStatus, ...more });
const countOf = (status: string) => `onrecord_ingest_message_callbacks_total{status="${status}"} 1`;

// Of a message that Twilio had taken and could not deliver nobody heard: it counted as sent.
test.each([
  ['undelivered', '30003', { cause: 'undelivered', errorCode: '30003', isOptedOut: false }],
  ['failed', '21610', { cause: 'opted-out', errorCode: '21610', isOptedOut: true }],
  ['failed', '', { cause: 'undelivered', isOptedOut: false }],
])(
  'a message that is %s (%s) has failed, and the log names its call and not its number',
  async (status, code, data) => {
    const { app, published, logged, registry } = ingest();
    expect((await app.request(...post(PATH, told(status, { ErrorCode: code })))).status).toBe(204);
    expect(published).toMatchObject([
      {
        type: 'onrecord.message.failed.v1',
        id: `message:${sid('CA')}:dial-busy:failed`,
        data: { callSid: sid('CA'), reason: 'dial-busy', messageSid: sid('SM'), ...data },
      },
    ]);
    expect(await registry.metrics()).toContain(countOf(status));
    const line = logged.map((each) => JSON.parse(each)).find(({ level }) => level === 'warn');
    expect(line).toMatchObject({ callSid: sid('CA'), reason: 'dial-busy', outcome: status });
    expect(logged.join('')).not.toContain('4155550100');
  },
);

test.each([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['teleported', 'other'],
])('a message that is %s is counted', async (status, counted) => {
  const { app, published, registry } = ingest();
  expect((await app.request(...post(PATH, told(status)))).status).toBe(204);
  expect(published).toEqual([]);
  expect(await registry.metrics()).toContain(countOf(counted));
});

test.each([
  ['a message that nobody asked for', '/webhooks/message/status', told('failed'), 400],
  ['another reason than there can be', `${PATH}%20now`, told('failed'), 400],
  ['no status', PATH, MESSAGE, 400],
])('%s is refused', async (_, path, parameters, status) => {
  const { app, published } = ingest();
  expect((await app.request(...post(path, parameters))).status).toBe(status);
  expect(published).toEqual([]);
});

test('the address is signed, and with it whose message it was', async () => {
  const { app } = ingest();
  const [url, init] = post(PATH, told('failed'));
  expect((await app.request(url.replace('dial-busy', 'dial-failed'), init)).status).toBe(403);
});

test('what is not durable is not answered 2xx', async () => {
  const publish = () => Promise.reject(new EventLogUnavailableError('no broker'));
  expect((await ingest({ publish }).app.request(...post(PATH, told('failed')))).status).toBe(503);
});
