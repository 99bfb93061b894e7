import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { twilioSource } from '@onrecord/retention/adapters/twilio-source';
import { createRecordingsClient } from '@onrecord/shared/twilio/recordings-client';
import { startSimulator } from '@onrecord/simulator/simulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startFaultProxy } from '../../servers/fault-proxy.ts';
import { DAY, Deletions, NOBODY } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, consentOf, legReported, newSid, recordingCompleted } from './facts.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());
beforeEach(() => {
  site.twilio.faults.clear();
  return site.test.published();
});

/** More than a request is repeated at once. */
const EACH_TIME = 3;
type Sweeping = Parameters<Deletions['sweep']>[0];

describe('a deletion that Twilio does not simply take', () => {
  const refused = async () => {
    const given = await site.given('refused');
    await given.archive();
    site.test.now = at(1 + DAY);
    return given;
  };
  const elapse = (seconds: number) => {
    site.test.now = new Date(site.test.now.getTime() + seconds * 1_000);
  };
  /** The objects are gone, and Twilio's copy is not, as far as is known. */
  const isPartial = async (sid: string, reason: RegExp, attempts = 1) => {
    expect(await site.find(sid)).toMatchObject({
      state: 'deleting',
      deletion: {
        status: 'partial',
        attempts,
        objects: { deleted: 2 },
        twilio: { failure: expect.stringMatching(reason) },
      },
    });
    expect(await site.certificates(sid)).toEqual([]);
    expect(await site.toldOf(sid)).toEqual([]);
  };
  const isDone = async (sid: string, outcome: 'deleted' | 'already-gone' = 'deleted') => {
    expect(await site.find(sid)).toMatchObject({ state: 'deleted' });
    expect(await site.certificates(sid)).toMatchObject([{ objects: [{}, {}], places: expect.any(Array) }]);
    expect(await site.toldOf(sid)).toMatchObject([{ data: { objects: [{}, {}], source: { outcome } } }]);
  };
  /** Twilio behind a network that fails with requests of this method. */
  const proxied = async (method: string, fault: Parameters<typeof faultsOf>[1], times = Number.POSITIVE_INFINITY) => {
    const proxy = await startFaultProxy(site.twilio.url);
    onTestFinished(() => proxy.stop());
    proxy.onRequest = faultsOf(method, fault, times);
    return proxy.url;
  };

  it('waits for as long as its 429 asks for, asks nothing before, and is done then', async () => {
    const { sid } = await refused();
    site.twilio.failRest({ status: 429, retryAfterSeconds: 1_800 });
    await site.sweep();
    await isPartial(sid, /Twilio answers 429/);
    elapse(1_799);
    await site.sweep();
    await isPartial(sid, /Twilio answers 429/);
    expect(site.statusAtTwilio(sid)).toBe('completed');
    elapse(1);
    await site.sweep();
    await isDone(sid);
  });

  it('is tried again after ten seconds when Twilio answers 503', async () => {
    const { sid } = await refused();
    site.twilio.failRest({ status: 503, count: EACH_TIME });
    await site.sweep();
    await isPartial(sid, /Twilio answers 503: try again later/);
    elapse(10);
    await site.sweep();
    await isDone(sid);
  });

  it.each([
    [
      'answers 500 to the deletion itself',
      { kind: 'answer', status: 500, code: 'InternalError' },
      /Twilio answers 500/,
    ],
    ['breaks the connection', { kind: 'reset' }, /nothing answers at .*\(TWILIO_API_URL\)/],
    [
      'answers 404 in words that are not Twilio’s',
      { kind: 'answer', status: 404, code: 'NoSuchKey' },
      /check TWILIO_API_URL/,
    ],
  ] as const)('stays at Twilio while it %s, and goes afterwards', async (_, fault, reason) => {
    const { sid } = await refused();
    await site.sweep({ apiUrl: await proxied('DELETE', fault) });
    await isPartial(sid, reason);
    expect(site.statusAtTwilio(sid)).toBe('completed');
    elapse(10);
    await site.sweep();
    await isDone(sid);
  });

  it('counts as deleted by us when the answer to it was lost and the next one is a 404', async () => {
    const { sid } = await refused();
    await site.sweep({ apiUrl: await proxied('DELETE', { kind: 'lose-answer' }, 1) });
    await isDone(sid);
  });

  it('counts as gone already when somebody else had deleted it: 404 to the deletion, and a fresh look shows it deleted', async () => {
    const { sid } = await refused();
    const client = createRecordingsClient({ apiUrl: site.twilio.url, accountSid: ACCOUNT, authToken: 'token' });
    expect(await client.deleteRecording({ accountSid: ACCOUNT, recordingSid: sid })).toBe('deleted');
    await site.sweep();
    await isDone(sid, 'already-gone');
  });

  it('is not taken for gone by a Twilio that never heard of it, such as another region’s', async () => {
    const { sid } = await refused();
    const elsewhere = await startSimulator({ accountSid: ACCOUNT, authToken: 'token', publicBaseUrl: NOBODY });
    onTestFinished(() => elsewhere.stop());
    await site.sweep({ apiUrl: elsewhere.url });
    await isPartial(sid, /Twilio does not know this recording.*check TWILIO_API_URL \(the region\)/);
    elapse(10);
    await site.sweep();
    await isDone(sid);
  });

  // Its erasure ran for 40 days, and asked Twilio each hour for what had never been there.
  it.each([
    ['absent', '+14153790901'],
    ['failed', '+14153790902'],
  ])('ends at the first look for what Twilio called %s and does not know', async (status, person) => {
    const { request, settle, find, items } = erasing(site);
    const [callSid, sid] = [site.givenCall(), newSid('RE')];
    await site.test.take(legReported(callSid, { from: person, to: '+14155550100', direction: 'inbound' }));
    await site.test.take(recordingCompleted(sid, { callSid }, { status }));
    site.test.now = at(60);
    const { erasure } = await request({ e164: person });
    await settle();
    expect((await find(erasure.erasureId)).erasure.state).toBe('completed');
    expect(await items(erasure.erasureId)).toMatchObject([{ recordingSid: sid, result: 'erased' }]);
    expect(await site.find(sid)).toMatchObject({ deletion: { attempts: 1, twilio: { outcome: 'already-gone' } } });
  });

  it('goes on for what was complete before it failed', async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    site.test.now = at(1);
    await site.test.take(consentOf({ callSid }, 'refused'), recordingCompleted(sid, { callSid }));
    await site.test.take(recordingCompleted(sid, { callSid }, { status: 'failed' }));
    site.test.now = at(1 + DAY);
    await site.sweep();
    expect(await site.find(sid)).toMatchObject({
      deletion: { status: 'partial', twilio: { failure: expect.stringMatching(/does not know this recording/) } },
    });
  });

  it('is gone already once Twilio has forgotten even its metadata', async () => {
    const { sid } = await refused();
    const forgetful = await startSimulator({ accountSid: ACCOUNT, authToken: 'token', publicBaseUrl: NOBODY });
    onTestFinished(() => forgetful.stop());
    elapse((41 * DAY - 1) * 60);
    await site.sweep({ apiUrl: forgetful.url });
    await isDone(sid, 'already-gone');
  });

  it('is tried again when Twilio takes the request and never answers', async () => {
    const { sid } = await refused();
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    await new Promise((listening) => silent.once('listening', listening));
    const apiUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    // The service's own time-out is 15 s, three times.
    const limits = { timeoutMs: 200, attemptsMax: 1 };
    const client = createRecordingsClient({ apiUrl, accountSid: ACCOUNT, authToken: 'token', ...limits });
    await site.sweep({ source: twilioSource(client, site.test.clock) });
    await isPartial(sid, /nothing answers at .*\(TWILIO_API_URL\): (ECONNABORTED|ETIMEDOUT)/);
    elapse(10);
    await site.sweep();
    await isDone(sid);
  });

  it('waits for credentials that Twilio takes, says which settings they are, and loses nothing meanwhile', async () => {
    const { sid } = await refused();
    const wrong: Sweeping = { token: 'another token' };
    for (const [attempt, seconds] of [10, 60, 600, 3_600, 3_600].entries()) {
      await site.sweep(wrong);
      await isPartial(sid, /refuses the credentials \(401\): check TWILIO_ACCOUNT_SID.*TWILIO_AUTH_TOKEN/, attempt + 1);
      elapse(seconds);
    }
    expect(site.statusAtTwilio(sid)).toBe('completed');
    await site.sweep();
    await isDone(sid);
  });
});

type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>;
type Fault = NonNullable<ReturnType<FaultProxy['onRequest']>>;

/** So many requests of the method fail. */
function faultsOf(method: string, fault: Fault, times: number): FaultProxy['onRequest'] {
  let left = times;
  return (request) => {
    if (request.method !== method || left <= 0) return undefined;
    left -= 1;
    return fault;
  };
}
