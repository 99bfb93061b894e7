import { expect, test } from 'vitest';
import { startApplication } from '../testing/application.ts';
import { simulate } from '../testing/simulated.ts';
import { twilioClient } from '../testing/twilio-client.ts';

const message = { to: '+14155550100', from: '+14155550199', body: 'Sorry that nobody could take your call.' };
const SERVICE = `MG${'1'.repeat(32)}`;

async function simulated() {
  const clock = { now: new Date('2026-11-21T10:00:00Z') };
  const simulator = await simulate(await startApplication(), { now: () => clock.now });
  return { clock, simulator, client: twilioClient(simulator.url) };
}

test('Twilio’s SDK sends a message, which is queued at first and sent after a while', async () => {
  const { client, clock, simulator } = await simulated();
  const sent = await client.messages.create(message);
  expect(sent).toMatchObject({ ...message, status: 'queued', dateSent: null, dateCreated: clock.now });
  expect(await client.messages.list({ dateSentAfter: clock.now })).toEqual([]);
  clock.now = new Date('2026-11-21T10:00:05Z');
  expect(await client.messages(sent.sid).fetch()).toMatchObject({ status: 'sent', dateSent: expect.any(Date) });
  expect(simulator.messages.list()).toMatchObject([{ ...message, sid: sent.sid }]);
});

test('messages are found by recipient, sender and time of sending, newest first', async () => {
  const { client, clock } = await simulated();
  const first = await client.messages.create(message);
  clock.now = new Date('2026-11-21T10:01:00Z');
  const service = await client.messages.create({ to: message.to, messagingServiceSid: SERVICE, body: 'Later.' });
  const other = await client.messages.create({ ...message, to: '+14155550111' });
  clock.now = new Date('2026-11-21T10:02:00Z');
  const sids = async (filter: object) => (await client.messages.list(filter)).map(({ sid }) => sid);
  expect(await sids({ to: message.to })).toEqual([service.sid, first.sid]);
  expect((await sids({ from: message.from })).toSorted()).toEqual([first.sid, other.sid].toSorted());
  expect(await sids({ to: message.to, dateSentAfter: new Date('2026-11-21T10:00:30Z') })).toEqual([service.sid]);
  expect(service.messagingServiceSid).toBe(SERVICE);
});

test('whoever replied STOP is sent nothing, with Twilio’s error 21610, until START', async () => {
  const { client, simulator } = await simulated();
  simulator.messages.setOptOut({ number: message.to });
  await expect(client.messages.create(message)).rejects.toMatchObject({ status: 400, code: 21_610 });
  expect(simulator.messages.list()).toEqual([]);
  simulator.messages.setOptOut({ number: message.to, isOptedOut: false });
  await client.messages.create(message);
  expect(simulator.messages.list()).toHaveLength(1);
});

test.each([
  [{ to: '5' }, 21_211],
  [{ body: '' }, 21_602],
  [{ body: 'x'.repeat(1_601) }, 21_617],
  [{ from: '' }, 21_603],
])('a message that is none is refused: %j', async (wrong, code) => {
  const { client } = await simulated();
  await expect(client.messages.create({ ...message, ...wrong })).rejects.toMatchObject({ status: 400, code });
});

test('a message whose answer is lost was sent all the same', async () => {
  const { client, simulator } = await simulated();
  await fetch(`${simulator.url}/simulator/messages/lost-answers`, { method: 'POST', body: '{"count":1}' });
  const waiting = client.messages.create(message).catch((error: unknown) => error);
  await expect.poll(() => simulator.messages.list().length).toBe(1);
  await client.messages.create(message);
  expect(await (await fetch(`${simulator.url}/simulator/messages`)).json()).toHaveLength(2);
  await simulator.stop();
  expect(await waiting).toBeInstanceOf(Error);
});
