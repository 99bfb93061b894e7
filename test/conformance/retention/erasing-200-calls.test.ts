import { DEFAULT_RETRY_POLICY } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { DEFAULT_LIMITS } from '@onrecord/shared/event-log/postgres/limits';
import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { trim } from '@onrecord/shared/event-log/postgres/trim';
import { createPublisher } from '@onrecord/shared/event-log/publisher';
import { topicSpecs } from '@onrecord/shared/event-log/topics';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import type { ObjectStore } from '@onrecord/shared/object-store/port';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { spellingsOf } from '@onrecord/shared/telephony/number-spellings';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../../servers/available.ts';
import { createBucket } from '../../servers/buckets.ts';
import { Deletions } from './deletions.ts';
import { tablesWith } from './dump.ts';
import { DAY_MS, erasing } from './erasing.ts';
import { at, consentOf, legReported } from './facts.ts';

const CALLS = 200;
/** Longer than the test: it trims the log itself. */
const HOUR_MS = 3_600_000;
/** Of somebody else, to see that these stay. */
const OTHERS = 10;
const PERSON = '+14155552671';
const SOMEBODY_ELSE = '+14155559999';
const COMPANY = '+14155550100';

const logger = createLogger({ service: 'test', level: 'silent' });
const topics = topicSpecs({ partitions: 4, retentionMs: 7 * DAY_MS, retryPolicy: DEFAULT_RETRY_POLICY });

describeWith('s3', (server) => {
  let bed: Deletions;
  let store: ObjectStore;
  let eventLog: EventLog;
  beforeAll(async () => {
    const { endpoint, region } = server;
    const bucket = await createBucket(server, { versioned: true });
    const place = { kind: 's3', bucket, prefix: 'recordings', endpoint, region } as const;
    store = await openObjectStore({ ...place, credentials: server, forcePathStyle: true });
    bed = await Deletions.start(async () => store, {
      recordings: CALLS + OTHERS,
      from: (index) => (index < CALLS ? PERSON : SOMEBODY_ELSE),
    });
    eventLog = await openPostgresEventLog({ pool: bed.test.pool, logger, limits: { trimIntervalMs: HOUR_MS } });
    await eventLog.ensureTopics(topics);
  });
  afterAll(async () => {
    await eventLog?.close();
    await bed?.close();
  });

  /** A call in one of the ways in which Twilio names its parties, told in the event log and taken from there. */
  async function call(number: string, index: number) {
    const made = await bed.given('granted');
    const from = [number, `sip:${number}@pbx.example.com`, COMPANY, `sip:${number.slice(1)}@pbx.example.com`][
      index % 4
    ];
    const to = index % 4 === 2 ? number : COMPANY;
    const events = [
      legReported(made.callSid, { from: from ?? '', to, direction: index % 4 === 2 ? 'outbound-api' : 'inbound' }),
      consentOf({ callSid: made.callSid }, 'granted', { party: `caller-${number.slice(1)}` }),
    ];
    const publisher = createPublisher(eventLog, { deadlineMs: 10_000 });
    await publisher.publish(events);
    await publisher.close();
    await bed.test.take(...events);
    await made.archive();
    // A second version of one object, as a replaced transcript leaves it.
    if (index % 10 === 0) await made.put('media.wav');
    return made;
  }

  it('leaves of 200 calls only what the erasure names: events until their retention is over', async () => {
    const spellings = [...spellingsOf(PERSON), '%2B14155552671', '(415) 555-2671'];
    const [mine, others] = [[] as Awaited<ReturnType<typeof call>>[], [] as Awaited<ReturnType<typeof call>>[]];
    for (let index = 0; index < CALLS; index += 1) mine.push(await call(PERSON, index));
    for (let index = 0; index < OTHERS; index += 1) others.push(await call(SOMEBODY_ELSE, index));
    expect((await bed.callsAtTwilio()).filter(({ from }) => from === PERSON)).toHaveLength(CALLS);
    // As if appended by the clock of the ledger.
    await bed.test.pool.query('update event_log.records set appended_at = $1', [at(30)]);

    bed.test.now = at(60);
    const { request, sweepOnce, find } = erasing(bed, eventLog);
    const { erasure } = await request({ e164: PERSON });
    for (let turn = 0; turn < 60 && (await find(erasure.erasureId)).erasure.state !== 'completed'; turn += 1) {
      await sweepOnce();
      bed.test.now = new Date(bed.test.now.getTime() + 6_000);
    }

    const { erasure: done, results, residues } = await find(erasure.erasureId);
    expect([done.state, results, done.legs]).toEqual(['completed', { erased: CALLS }, CALLS]);
    const left: string[] = [];
    for await (const { key } of store.listVersions('')) left.push(key);
    const isOthers = (key: string) => key.includes('/withdrawn/') || others.some(({ prefix }) => key.includes(prefix));
    expect(left.filter((key) => !isOthers(key))).toEqual([]);
    expect(left.filter((key) => others.some(({ prefix }) => key.includes(prefix))).length).toBeGreaterThanOrEqual(
      2 * OTHERS,
    );
    for (const { sid } of mine) expect(bed.statusAtTwilio(sid)).toBe('deleted');
    for (const { sid } of others) expect(bed.statusAtTwilio(sid)).toBe('completed');

    // Nor has Twilio's record of any call the number; those of others it has as before.
    expect((await find(erasure.erasureId)).callsAtTwilio).toEqual({ deleted: CALLS, open: 0, left: 0 });
    const recordsLeft = await bed.callsAtTwilio();
    expect(recordsLeft.map(({ sid }) => sid).toSorted()).toEqual(others.map(({ callSid }) => callSid).toSorted());
    expect(spellings.filter((spelling) => JSON.stringify(recordsLeft).includes(spelling))).toEqual([]);

    // The one place where the number still is, is named with its end.
    expect(Object.keys(await tablesWith(bed.test.pool, spellings))).toEqual(['event_log.records']);
    const events = residues.find(({ residue }) => residue === 'events');
    const keptMs = (events?.until?.getTime() ?? 0) - done.coversUntil.getTime();
    expect(keptMs).toBeGreaterThanOrEqual(7 * DAY_MS);
    expect(keptMs).toBeLessThan(8 * DAY_MS);

    // Its end comes: the log drops what it had, and a second look at it says so.
    await trim(bed.test.pool, DEFAULT_LIMITS);
    bed.test.now = new Date(bed.test.now.getTime() + 8 * DAY_MS);
    await sweepOnce();
    expect(await tablesWith(bed.test.pool, spellings)).toEqual({});
    const after = (await find(erasure.erasureId)).residues.find(({ residue }) => residue === 'events');
    expect(after).toMatchObject({ goneAt: bed.test.now });
  }, 900_000);
});
