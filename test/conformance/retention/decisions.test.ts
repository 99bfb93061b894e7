import { decideDue } from '@onrecord/retention/clearance/decide-due';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  archived,
  archiveFailed,
  at,
  consentOf,
  joined,
  legReported,
  newSid,
  recordingCompleted,
  transcribed,
} from './facts.ts';
import { startLedger, type TestLedger } from './ledger.ts';

let test: TestLedger;
beforeAll(async () => {
  test = await startLedger();
});
afterAll(() => test?.close());
beforeEach(() => test.published());

const stateOf = async (sid: string) => (await test.reader.find(ACCOUNT, sid))?.state;
const sweep = () => decideDue(test.ledger, { now: test.now, onDecision: () => undefined }, 10);
const types = async () => (await test.published()).map((event) => event.type.split('.')[2]);

/** A call with its recording, of which nothing is known yet. */
function newCall() {
  test.now = at(1);
  const callSid = newSid('CA');
  return { callSid, sid: newSid('RE'), place: { callSid } };
}

describe('a call on the ledger', () => {
  it('is cleared whichever comes first, the answer or the recording, and twice changes nothing', async () => {
    for (const order of ['answer first', 'recording first']) {
      const { sid, place } = newCall();
      const facts = [consentOf(place, 'granted'), recordingCompleted(sid, place)];
      if (order === 'recording first') facts.reverse();
      await test.take(...facts, ...facts, ...facts.toReversed());
      expect(await stateOf(sid)).toBe('cleared');
      expect(await types()).toEqual(['cleared']);
    }
  });

  // A yes on the parent leg once cleared what its child was recorded on: on an outbound call that parent is the user's own agent.
  it('is not cleared by the answer on another leg, once the two turn out to be one call', async () => {
    const { sid, place } = newCall();
    const child = newSid('CA');
    await test.take(recordingCompleted(sid, { callSid: child }), consentOf(place, 'granted'));
    expect(await test.take(legReported(child, { parentCallSid: place.callSid }))).toEqual([]);
    expect(await stateOf(sid)).toBe('waiting');
    expect(await test.take(consentOf({ callSid: child }, 'granted'))).toEqual(['cleared']);
  });

  it('names who was called and not who calls, where the leg was placed by the account', async () => {
    for (const [direction, roles] of Object.entries({
      inbound: ['caller', 'called'],
      'outbound-api': ['called', 'connected'],
    })) {
      const { callSid, sid, place } = newCall();
      await test.take(legReported(callSid, { direction }), recordingCompleted(sid, place), consentOf(place, 'granted'));
      expect(await test.published()).toMatchObject([
        { data: { speakers: roles.map((role, channel) => ({ channel, role })) } },
      ]);
    }
  });

  it('is refused with a day to undo it, and a later agreement of the same party undoes it', async () => {
    const { sid, place } = newCall();
    await test.take(recordingCompleted(sid, place), consentOf(place, 'refused'));
    expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
      state: 'refused',
      deletion: { status: 'planned', cause: 'refusal', deleteAfter: at(1 + 1440).toISOString() },
    });
    await test.take(consentOf(place, 'granted', { recordedAt: at(1).toISOString() }));
    expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({ state: 'cleared', deletion: { cause: 'schedule' } });
    expect(await types()).toEqual(['refused', 'cleared']);
  });

  it('waits, is withheld at the end of the grace period, and is released by an answer', async () => {
    const { sid, place } = newCall();
    await test.take(recordingCompleted(sid, place));
    expect(await sweep()).toBe(0);
    test.now = at(60);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await stateOf(sid)).toBe('withheld');
    await test.take(consentOf(place, 'granted'));
    expect(await stateOf(sid)).toBe('cleared');
    expect(await types()).toEqual(['withheld', 'cleared']);
  });

  it.each(['absent', 'failed', 'in-progress'])(
    'is shown and never decided while its recording is %s',
    async (status) => {
      const { sid, place } = newCall();
      const outcomes = await test.take(
        consentOf(place, 'refused'),
        recordingCompleted(sid, place, { status, errorCode: 16_104 }),
      );
      expect(outcomes).toEqual([]);
      expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
        state: status,
        twilio: { status, errorCode: 16_104 },
      });
    },
  );

  it('shows its way from the report to the transcript, and a failed archive until it succeeds', async () => {
    const { sid, place, callSid } = newCall();
    const prefix = `${ACCOUNT}/x/`;
    await test.take(consentOf(place, 'granted'), recordingCompleted(sid, place), archiveFailed(sid, callSid));
    expect(await stateOf(sid)).toBe('archive-failed');
    await test.take(archived(sid, callSid, prefix));
    expect(await stateOf(sid)).toBe('archived');
    await test.take(transcribed(sid, callSid, prefix));
    expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
      state: 'transcribed',
      transcriptSimulated: true,
      transcript: {
        provider: 'simulator',
        simulated: true,
        billedSeconds: 12,
        cost: { isKnown: false, reason: 'no price is known of nova-9 by simulator at localhost' },
        uncertainSeconds: 0,
      },
      deletion: { status: 'planned', cause: 'schedule', deleteAfter: at(1 + 30 * 1440).toISOString() },
      timeline: [
        { what: 'consent granted', detail: `caller of ${callSid} (key-press): record, transcribe` },
        { what: 'recording completed' },
        { what: 'decided: cleared' },
        { what: 'archived' },
        { what: 'transcribed', detail: 'simulator (simulated)' },
        { what: 'archive failed', detail: 'media: Twilio answers 404' },
      ],
    });
  });

  it('is kept when its media is reported before anything else', async () => {
    const { sid, callSid } = newCall();
    await test.take(archived(sid, callSid, `${ACCOUNT}/y/`));
    expect(await stateOf(sid)).toBe('archived');
  });

  it('loses no refusal that is written at the same moment as the recording and the agreement', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { sid, place } = newCall();
      const child = newSid('CA');
      await Promise.all([
        test.take(recordingCompleted(sid, place)),
        test.take(consentOf(place, 'granted')),
        test.take(legReported(child, { parentCallSid: place.callSid })),
        test.take(consentOf({ callSid: child }, 'refused', { party: 'called' })),
      ]);
      expect(await stateOf(sid)).toBe('refused');
    }
  });

  it('reads the latest answer of a party however many it gave', async () => {
    test.now = at(1);
    const { sid, place, callSid } = newCall();
    await test.pool.query(`insert into ledger.accounts values ($1, now()) on conflict do nothing`, [ACCOUNT]);
    await test.pool.query(
      `insert into ledger.consents (account_sid, consent_id, call_sid, party, outcome, purposes, method, reference, recorded_at, learned_at)
         select $1, $2 || n, $2, 'caller', case when n % 2 = 0 then 'granted' else 'refused' end, '{record,transcribe}', 'key-press', n,
           $3::timestamptz + n * interval '1 ms', now() from generate_series(1, 5001) n`,
      [ACCOUNT, callSid, at(-1)],
    );
    await test.take(recordingCompleted(sid, place));
    expect(await stateOf(sid)).toBe('refused');
    await test.take(consentOf(place, 'granted', { recordedAt: at(1).toISOString() }));
    expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
      state: 'waiting',
      decision: { reason: expect.stringContaining('more answers than one decision reads') },
    });
  });
});

describe('a conference on the ledger', () => {
  it('needs the agreement of everybody who joined, also of those who are reported late', async () => {
    test.now = at(1);
    const [conferenceSid, anna, ben, sid] = [newSid('CF'), newSid('CA'), newSid('CA'), newSid('RE')];
    await test.take(
      joined(conferenceSid, anna),
      consentOf({ callSid: anna }, 'granted'),
      recordingCompleted(sid, { conferenceSid }),
    );
    expect(await stateOf(sid)).toBe('waiting');
    test.now = at(2);
    expect(await sweep()).toBe(1);
    expect(await sweep()).toBe(0);
    expect(await stateOf(sid)).toBe('cleared');
    await test.take(joined(conferenceSid, ben));
    expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
      state: 'waiting',
      participants: [anna, ben].sort(),
      decision: { reason: expect.stringContaining(ben) },
    });
    await test.take(consentOf({ callSid: ben }, 'granted'));
    expect(await stateOf(sid)).toBe('cleared');
    expect(await types()).toEqual(['cleared', 'withheld', 'cleared']);
  });

  // Partitions are read without regard to each other: the one who did not agree became known only after the clearance.
  it('is never cleared when all who joined are known before it has settled', async () => {
    test.now = at(1);
    const [conferenceSid, anna, ben, sid] = [newSid('CF'), newSid('CA'), newSid('CA'), newSid('RE')];
    await test.take(recordingCompleted(sid, { conferenceSid }));
    await test.take(consentOf({ callSid: anna }, 'granted'), joined(conferenceSid, anna), joined(conferenceSid, ben));
    test.now = at(2);
    expect(await sweep()).toBe(0);
    expect(await stateOf(sid)).toBe('waiting');
    expect(await types()).toEqual([]);
  });

  // The answer of the 1,001st participant was never read: its refusal changed nothing, and without any the webinar was cleared.
  it('is never cleared with more participants than are read, and refused by the last of them', async () => {
    test.now = at(1);
    const [conferenceSid, sid, last] = [newSid('CF'), newSid('RE'), `CA${'f'.repeat(32)}`];
    const place = { conferenceSid };
    await test.take(
      joined(conferenceSid, last),
      recordingCompleted(sid, place),
      consentOf({ callSid: last }, 'granted'),
    );
    test.now = at(2);
    await sweep();
    expect(await stateOf(sid)).toBe('cleared');
    await test.pool.query(
      `with many as (select 'CA' || md5($2 || n) as call_sid from generate_series(1, 1000) n), joined as (
         insert into ledger.participants select $1, $2, call_sid, null, now() from many)
       insert into ledger.consents (account_sid, consent_id, call_sid, party, outcome, purposes, method, reference, recorded_at, learned_at)
         select $1, call_sid, call_sid, 'caller', 'granted', '{record,transcribe}', 'key-press', '1', now(), now() from many`,
      [ACCOUNT, conferenceSid],
    );
    expect(await test.take(consentOf(place, 'granted', { party: 'operator' }))).toEqual(['waiting']);
    expect(await test.reader.find(ACCOUNT, sid)).toMatchObject({
      decision: { reason: expect.stringContaining('more participants than one decision reads') },
    });
    await test.take(consentOf({ callSid: last }, 'refused', { recordedAt: at(1).toISOString() }));
    expect(await stateOf(sid)).toBe('refused');
  });

  it('is refused by one participant', async () => {
    const [conferenceSid, anna, sid] = [newSid('CF'), newSid('CA'), newSid('RE')];
    await test.take(recordingCompleted(sid, { conferenceSid }), joined(conferenceSid, anna));
    await test.take(consentOf({ callSid: anna }, 'refused'));
    expect(await stateOf(sid)).toBe('refused');
  });
});

it('one account never sees what belongs to another', async () => {
  const { sid, place } = newCall();
  await test.take(consentOf(place, 'granted'), recordingCompleted(sid, place));
  const other = newSid('AC');
  expect(await test.reader.find(other, sid)).toBeUndefined();
  expect(await test.reader.findCall(other, place.callSid)).toBeUndefined();
  expect(await test.reader.list({ accounts: [other], limit: 10 })).toEqual([]);
});
