import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Backends, Installation } from './installation.ts';
import { BODY, MessageEvents } from './message-events.ts';

/** From a request to its outcome, a killed member's session and a retry included. */
const OUTCOME = { timeout: 120_000, interval: 100 };

let people = 0;
/** Somebody who was sent nothing yet. */
const somebody = () => {
  people += 1;
  return `+1415555${String(2_000 + people)}`;
};

/** Text messages, from the event that asks for one to what Twilio has and what is told. */
export function messagesSuite(openBackends: () => Promise<Backends>): void {
  let installation: Installation;
  let events: MessageEvents;
  beforeAll(async () => {
    // The reconciler would meet the failures that are meant for the messages.
    installation = await Installation.start(await openBackends(), { MESSAGING: 'true', RECONCILE_INTERVAL: '0s' });
    events = await MessageEvents.open(installation.environment);
  });
  afterAll(async () => {
    await events?.close();
    await installation?.stop();
  });

  const outcomeOf = (callSid: string) => expect.poll(() => events.outcomesOf(callSid), OUTCOME);
  const sent = (callSid: string) => [`message:${callSid}:dial-busy:sent`];
  const failed = (callSid: string) => [`message:${callSid}:dial-busy:failed`];

  test('an event that is published twice is one message', async () => {
    const to = somebody();
    const callSid = await events.request(to, { times: 2 });
    await outcomeOf(callSid).toEqual(sent(callSid));
    await expect.poll(() => events.outcomes.length, OUTCOME).toBe(2);
    expect(await installation.simulator.messagesTo(to)).toMatchObject([{ body: BODY, from: '+14155550199' }]);
  });

  test('killed between sending and committing, ingest finds what it sent', async () => {
    const { simulator, services } = installation;
    const to = somebody();
    await simulator.loseMessageAnswers(1);
    const callSid = await events.request(to);
    await expect.poll(async () => (await simulator.messagesTo(to)).length, OUTCOME).toBe(1);
    await services.ingest.kill();
    expect(events.outcomesOf(callSid)).toEqual([]);
    await services.ingest.start();
    await outcomeOf(callSid).toEqual(sent(callSid));
    expect(await simulator.messagesTo(to)).toHaveLength(1);
  });

  test('whoever replied STOP is sent nothing, and no log line has the number or the text', async () => {
    const { simulator, services } = installation;
    const to = somebody();
    await simulator.optOut(to);
    const callSid = await events.request(to);
    await outcomeOf(callSid).toEqual(failed(callSid));
    expect(events.outcomes.at(-1)?.data).toMatchObject({ cause: 'opted-out', errorCode: '21610', isOptedOut: true });
    expect(await simulator.messagesTo(to)).toEqual([]);
    expect(services.ingest.log()).toContain('opted-out');
    expect(services.ingest.log()).not.toContain(to);
    expect(services.ingest.log()).not.toContain(BODY);
  });

  test('a message that Twilio took and could not deliver is told', async () => {
    const { simulator } = installation;
    const to = somebody();
    await simulator.neverReach(to);
    const callSid = await events.request(to);
    await outcomeOf(callSid).toEqual(expect.arrayContaining([...sent(callSid), ...failed(callSid)]));
    const failure = events.outcomes.find(({ id }) => id === failed(callSid)[0]);
    expect(failure?.data).toMatchObject({ cause: 'undelivered', errorCode: '30003', isOptedOut: false });
  });

  test('after an outage of Twilio a message is sent late, and one that is too old not at all', async () => {
    const { simulator } = installation;
    const [young, old] = [somebody(), somebody()];
    await simulator.failRest({ status: 503 });
    const late = await events.request(young);
    await outcomeOf(late).toEqual(sent(late));
    expect(await simulator.messagesTo(young)).toHaveLength(1);
    const tooLate = await events.request(old, { ageSeconds: 16 * 60 });
    await outcomeOf(tooLate).toEqual(failed(tooLate));
    expect(events.outcomes.at(-1)?.data).toMatchObject({ cause: 'expired', isOptedOut: false });
    expect(await simulator.messagesTo(old)).toEqual([]);
  });
}
