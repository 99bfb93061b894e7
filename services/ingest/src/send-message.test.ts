import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { type Simulator, startSimulator } from '@onrecord/simulator/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { createTwilioMessages } from './adapters/twilio-messages.ts';
import { createBoundInTime } from './bound-in-time.ts';
import type { MessageRequest } from './domain/earlier-message.ts';
import { rememberMet } from './messages/start.ts';
import { sendMessage } from './send-message.ts';
import { ACCOUNT, TOKEN } from './testing/signed-request.ts';

const request: MessageRequest = {
  accountSid: ACCOUNT,
  callSid: `CA${'1'.repeat(32)}`,
  to: '+14155550100',
  from: '+14155550199',
  body: 'Sorry that nobody could take your call.',
  reason: 'dial-busy',
  requestedAt: '2026-11-21T10:00:00.000Z',
};

const messagesAt = ({ url }: Simulator) =>
  createTwilioMessages({
    apiUrl: url,
    accountSid: ACCOUNT,
    authToken: TOKEN,
    statusCallback: () => 'http://127.0.0.1:1/',
  });

interface Differences {
  perDayMax?: number;
  waitForList?: () => Promise<void>;
}

/** The use case with its real adapter, against a Twilio look-alike whose clock is the test's. */
async function sender({ perDayMax = 10, waitForList = async () => {} }: Differences = {}) {
  const clock = { now: new Date('2026-11-21T10:00:00.500Z') };
  const now = () => clock.now;
  const simulator: Simulator = await startSimulator({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    publicBaseUrl: 'http://127.0.0.1:1',
    now,
  });
  onTestFinished(() => simulator.stop());
  const messages = messagesAt(simulator);
  const published: OnrecordEvent[] = [];
  const log = { isAway: false };
  const publish = async (events: readonly OnrecordEvent[]) => {
    if (log.isAway) throw new EventLogUnavailableError('no broker');
    published.push(...events);
  };
  const isWithinDay = createBoundInTime(perDayMax, 86_400_000);
  const takeFromDay = () => isWithinDay(now().getTime());
  const wasMet = rememberMet(10);
  const sending = { accountSid: ACCOUNT, messages, publish, now, maxAgeMs: 900_000, takeFromDay, waitForList, wasMet };
  const send = (change: Partial<MessageRequest> = {}, attempt = 1) => {
    const { signal } = new AbortController();
    return sendMessage({ ...request, ...change }, { attempt, signal, traceparent: undefined }, sending);
  };
  return { simulator, published, log, clock, send };
}

const at = (time: string) => new Date(`2026-11-21T${time}Z`);

test('a request is one message at Twilio and one event that names it', async () => {
  const { send, simulator, published } = await sender();
  await send();
  const [message] = simulator.messages.list();
  const { to, from, body } = request;
  expect(message).toMatchObject({ to, from, body });
  expect(published).toMatchObject([
    {
      type: 'onrecord.message.sent.v1',
      id: `message:${request.callSid}:dial-busy:sent`,
      data: { messageSid: message?.sid, reason: 'dial-busy', sentAt: '2026-11-21T10:00:00.000Z' },
    },
  ]);
});

test('a request that comes again is not met again, though its message still waits in Twilio’s queue', async () => {
  const { send, simulator, published } = await sender();
  await send();
  await send();
  expect(simulator.messages.list()).toHaveLength(1);
  expect(published[1]).toEqual(published[0]);
});

// Twilio repeats a webhook that was answered too late: the second request is the first one with another time.
test('a request that a repeated webhook made again, later, is not met again', async () => {
  const { send, simulator, clock } = await sender();
  await send();
  clock.now = at('10:00:15');
  await send({ requestedAt: '2026-11-21T10:00:14.900Z' });
  expect(simulator.messages.list()).toHaveLength(1);
});

test('what was sent while the log was away is not sent again when it is back', async () => {
  const { send, simulator, published, log } = await sender();
  log.isAway = true;
  await expect(send()).rejects.toThrow('no broker');
  log.isAway = false;
  await send({}, 2);
  expect(simulator.messages.list()).toHaveLength(1);
  expect(published).toMatchObject([{ type: 'onrecord.message.sent.v1' }]);
});

test('a request that may be a repetition waits until Twilio’s list shows what was sent', async () => {
  const { send, simulator, clock } = await sender({
    waitForList: async () => simulator.delayLists({ seconds: 0 }),
  });
  simulator.delayLists({ seconds: 3_600 });
  await send();
  clock.now = at('10:00:03');
  await send();
  expect(simulator.messages.list()).toHaveLength(1);
});

// The caller's webhook was repeated while Twilio's list did not show the first message yet, and the second request was as fresh.
test('a request that comes again at once waits for Twilio’s list, however fresh it is', async () => {
  const { send, simulator } = await sender({ waitForList: async () => simulator.delayLists({ seconds: 0 }) });
  simulator.delayLists({ seconds: 3_600 });
  await send();
  await send({ requestedAt: '2026-11-21T10:00:00.400Z' });
  expect(simulator.messages.list()).toHaveLength(1);
});

test('the same words for another call, and other words for the same call, are messages of their own', async () => {
  const { send, simulator, clock } = await sender();
  await send();
  await send({ reason: 'no-answer', body: 'We will call you back.' });
  clock.now = at('10:02:00');
  await send({ callSid: `CA${'2'.repeat(32)}`, requestedAt: '2026-11-21T10:01:59Z' });
  expect(simulator.messages.list()).toHaveLength(3);
});

test('a messaging service sends, and is recognised as the sender', async () => {
  const { send, simulator } = await sender();
  const from = `MG${'3'.repeat(32)}`;
  await send({ from });
  await send({ from });
  expect(simulator.messages.list()).toMatchObject([{ messagingServiceSid: from }]);
});

test('whoever replied STOP is sent nothing, and the event says so', async () => {
  const { send, simulator, published } = await sender();
  simulator.messages.setOptOut({ number: request.to });
  await send();
  expect(simulator.messages.list()).toEqual([]);
  expect(published).toMatchObject([
    {
      type: 'onrecord.message.failed.v1',
      id: `message:${request.callSid}:dial-busy:failed`,
      data: { cause: 'opted-out', errorCode: '21610', isOptedOut: true },
    },
  ]);
});

test('a number that is none is refused for good', async () => {
  const { send, published } = await sender();
  await send({ to: '123' });
  expect(published).toMatchObject([{ data: { cause: 'refused', errorCode: '21211', isOptedOut: false } }]);
});

test('an outage of Twilio is for later; too late, nothing is sent any more', async () => {
  const { send, simulator, published, clock } = await sender();
  simulator.failRest({ status: 429, retryAfterSeconds: 7 });
  await expect(send()).rejects.toMatchObject({ kind: 'transient', retryAfterMs: 7_000 });
  simulator.failRest({ status: 503 });
  await expect(send()).rejects.toMatchObject({ kind: 'transient' });
  clock.now = at('10:14:59');
  await send({}, 3);
  expect(simulator.messages.list()).toHaveLength(1);
  clock.now = at('10:15:01');
  await send({ reason: 'no-answer', body: 'We will call you back.' }, 3);
  expect(simulator.messages.list()).toHaveLength(1);
  expect(published.map(({ data }) => data)).toMatchObject([{ messageSid: expect.any(String) }, { cause: 'expired' }]);
});

test('beyond the bound of a day nothing is sent, and the next day begins anew', async () => {
  const { send, simulator, published, clock } = await sender({ perDayMax: 1 });
  await send();
  await send({ reason: 'no-answer', body: 'We will call you back.' });
  expect(simulator.messages.list()).toHaveLength(1);
  expect(published[1]).toMatchObject({ data: { cause: 'over-limit' } });
  clock.now = new Date('2026-11-22T10:00:00.500Z');
  await send({ requestedAt: '2026-11-22T10:00:00Z' });
  expect(simulator.messages.list()).toHaveLength(2);
});

test('whoever lost the request while asking leaves it to its new owner', async () => {
  const { simulator } = await sender();
  const lost = new AbortController();
  const messages = messagesAt(simulator);
  const asked = {
    ...messages,
    list: (to: Parameters<typeof messages.list>[0]) => messages.list(to).finally(() => lost.abort()),
  };
  const sending = {
    accountSid: ACCOUNT,
    messages: asked,
    publish: async () => {},
    now: () => at('10:00:00'),
    maxAgeMs: 900_000,
    takeFromDay: () => true,
    waitForList: async () => {},
    wasMet: () => false,
  };
  const attempt = { attempt: 1, signal: lost.signal, traceparent: undefined };
  await expect(sendMessage(request, attempt, sending)).rejects.toMatchObject({ name: 'AbortError' });
  expect(simulator.messages.list()).toEqual([]);
});
