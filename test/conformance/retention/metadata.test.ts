import { RETENTION } from '@onrecord/retention/domain/actor';
import { ruleBook } from '@onrecord/retention/domain/jurisdictions/built-in';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { createPolicyDesk } from '@onrecord/retention/policies/policy-desk';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import {
  ACCOUNT,
  archived,
  at,
  consentOf,
  joined,
  legReported,
  newSid,
  recordingCompleted,
  transcribed,
} from './facts.ts';
import { holdsOver, matterOver } from './holding.ts';
import { policy, pseudonyms } from './ledger.ts';

const policyWith = (metadata: string) => `name: kept
defaults:
  consent: { mode: explicit }
  periods: { audio: 30d, transcript: 30d, providerResponse: 30d, metadata: ${metadata}, numbers: 30d }`;

const deskOf = ({ test }: Deletions) =>
  createPolicyDesk({
    ...{ pool: test.application, builtIn: policy, ruleBook: ruleBook(), pseudonyms, clock: test.clock },
    onActivated: () => undefined,
  });

let bed: Deletions;
beforeAll(async () => {
  bed = await Deletions.start();
  const { policy: draft } = await deskOf(bed).draft(ACCOUNT, policyWith('90d'), RETENTION);
  if (draft === undefined) return expect.fail('no draft');
  await deskOf(bed).activate(draft, 1_000, RETENTION);
});
afterAll(() => bed?.close());

const sweepAt = async (day: number) => {
  bed.test.now = at(day * DAY);
  // What has begun is confirmed, looked at again, and looked at at Twilio, each after the other.
  for (let turn = 0; turn < 3; turn += 1) {
    await bed.sweep();
    bed.test.now = new Date(bed.test.now.getTime() + 1_000);
  }
};

/** Every row of the ledger that names one of these, but what is evidence. */
const EVIDENCE = [
  'deletions',
  'deletion_certificates',
  'audit_entries',
  'removed_calls',
  'erasure_items',
  'holds',
  'hold_recordings',
  'accesses',
  'object_locks',
  'erasures',
  'erasure_calls',
  'erasure_legs',
];
async function rowsOf(...sids: string[]): Promise<string[]> {
  const { rows } = await bed.test.pool.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'ledger'::regnamespace and relkind = 'r' order by relname`,
  );
  const found: string[] = [];
  for (const { name } of rows.filter((row) => !EVIDENCE.includes(row.name))) {
    const told = await bed.test.pool.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(row) as row from ledger.${name} row where row::text ~ $1`,
      [sids.join('|')],
    );
    for (const { row } of told.rows) if (name !== 'recordings' || row.metadata_removed_at === null) found.push(name);
  }
  return [...new Set(found)];
}
const tombstoneOf = async (sid: string) => {
  const { rows } = await bed.test.pool.query(
    'select to_jsonb(row) as row from ledger.recordings row where recording_sid = $1',
    [sid],
  );
  return rows[0]?.row as Record<string, unknown>;
};

/** A call with a second leg, a conference, an answer and a recording that is archived; and everything that was told of it. */
async function recorded() {
  const made = await bed.given(undefined);
  const [child, room] = [bed.givenCall(), newSid('CF')];
  const { sid, callSid, prefix } = made;
  const events = [
    legReported(callSid, { direction: 'inbound', status: 'in-progress', sequenceNumber: 1 }),
    legReported(callSid, { direction: 'inbound' }),
    legReported(child, { parentCallSid: callSid, direction: 'outbound-dial' }),
    joined(room, callSid),
    consentOf({ callSid }, 'granted'),
    consentOf({ conferenceSid: room }, 'granted'),
    recordingCompleted(sid, { callSid }),
  ];
  await bed.test.take(...events);
  await made.archive();
  const media = [bed.archivedHere(sid, callSid, prefix), transcribed(sid, callSid, prefix)];
  await bed.test.take(...media);
  return { ...made, child, room, events, media };
}

describe('the metadata of a recording', () => {
  it('go when their period is over, with everything of the call, and not a moment before', async () => {
    const { sid, callSid, child, room } = await recorded();
    await sweepAt(31);
    await sweepAt(33);
    await sweepAt(75);
    const before = await rowsOf(sid, callSid, child, room);
    expect(before).toEqual(
      expect.arrayContaining(['calls', 'call_statuses', 'consents', 'decisions', 'objects', 'archives']),
    );
    bed.test.now = new Date(at(90 * DAY + 1).getTime() - 1);
    await bed.sweep();
    expect(await rowsOf(sid, callSid, child, room)).toEqual(before);
    bed.test.now = at(90 * DAY + 1);
    await bed.sweep();
    expect(await rowsOf(sid, callSid, child, room)).toEqual([]);
    expect(await tombstoneOf(sid)).toMatchObject({
      account_sid: ACCOUNT,
      state: 'deleted',
      started_at: null,
      channels: null,
      decision: null,
    });
    const { rows } = await bed.test.pool.query(
      `select convert_from(body, 'UTF8') as body from ledger.audit_entries where recording_sid = $1 and kind = 'metadata.removed'`,
      [sid],
    );
    expect(rows.map(({ body }) => JSON.parse(body).details)).toEqual([
      { cause: 'schedule', policy: 'kept v1', legs: 2 },
    ]);
    expect(await bed.test.reader.findCertificate(ACCOUNT, sid, 1)).toBeDefined();
  });

  it('are not brought back by events that come late or again', async () => {
    const { sid, callSid, child, room, events } = await recorded();
    await sweepAt(31);
    await sweepAt(33);
    await sweepAt(75);
    await sweepAt(91);
    const grandchild = newSid('CA');
    const late: OnrecordEvent[] = [
      ...events,
      legReported(child, { parentCallSid: callSid, status: 'ringing', sequenceNumber: 0 }),
      legReported(grandchild, { parentCallSid: child }),
      legReported(newSid('CA'), { parentCallSid: grandchild }),
      joined(room, newSid('CA')),
      consentOf({ callSid: child }, 'refused'),
      recordingCompleted(sid, { callSid }, { status: 'failed' }),
    ];
    await bed.test.take(...late);
    await bed.sweep();
    expect(await rowsOf(sid, callSid, child, room, grandchild)).toEqual([]);
  });

  it('are gone in the end whatever had come before, and in whatever order the rest comes', async () => {
    const cases = [
      { first: [], rest: [7, 6, 5, 4, 3, 2, 1, 0] },
      { first: [1], rest: [3, 2, 4, 6, 5, 0, 1, 7] },
      { first: [0, 2, 4], rest: [5, 3, 7, 1, 6, 0, 4, 2] },
      { first: [3, 6], rest: [0, 1, 2, 3, 4, 5, 6, 7] },
      { first: [7, 5, 2, 1], rest: [4, 0, 6, 3, 2, 7, 1, 5] },
      { first: [7, 6, 5, 4, 3, 2, 1, 0], rest: [3, 1, 6, 4, 0, 7, 2, 5] },
    ];
    for (const { first, rest } of cases) {
      const { sid, callSid, archive } = await bed.given('granted');
      const [child, grandchild, room] = [newSid('CA'), newSid('CA'), newSid('CF')];
      const events = [
        legReported(callSid, { status: 'in-progress', sequenceNumber: 1 }),
        legReported(callSid),
        legReported(child, { parentCallSid: callSid }),
        legReported(grandchild, { parentCallSid: child }),
        joined(room, child),
        consentOf({ callSid: child }, 'granted'),
        consentOf({ conferenceSid: room }, 'granted'),
        recordingCompleted(sid, { callSid }),
      ];
      const of = (places: number[]) => places.flatMap((place) => events[place] ?? []);
      await bed.test.take(...of(first));
      await archive();
      for (const day of [31, 33, 91]) await sweepAt(day);
      await bed.test.take(...of(rest));
      await sweepAt(93);
      expect((await tombstoneOf(sid)).metadata_removed_at).not.toBeNull();
      expect(await rowsOf(sid, callSid, child, grandchild, room)).toEqual([]);
    }
  });

  it('stay away when media come late, which go again with a certificate of their own', async () => {
    const { sid, callSid, child, room, prefix, put } = await recorded();
    await sweepAt(31);
    await sweepAt(33);
    await sweepAt(75);
    await sweepAt(91);
    await put('media.wav');
    await bed.test.take(archived(sid, callSid, prefix, { store: bed.store.uri, channels: 1 }));
    await sweepAt(92);
    await sweepAt(94);
    expect(await bed.objectsUnder(prefix)).toBe(0);
    expect(await bed.test.reader.findCertificate(ACCOUNT, sid, 2)).toBeDefined();
    expect(await rowsOf(sid, callSid, child, room)).toEqual([]);
  });

  // What was said for the conference stayed for ever, and who was told of late was written down.
  it('go with the conference, also where nobody is known to have joined it, and stay away', async () => {
    const [sid, room, late] = [newSid('RE'), newSid('CF'), newSid('CA')];
    bed.test.now = at(1);
    await bed.test.take(
      consentOf({ conferenceSid: room }, 'granted'),
      recordingCompleted(sid, { conferenceSid: room }, { status: 'absent' }),
    );
    await sweepAt(91);
    expect((await tombstoneOf(sid)).metadata_removed_at).not.toBeNull();
    expect(await rowsOf(sid, room)).toEqual([]);
    await bed.test.take(joined(room, late), consentOf({ conferenceSid: room }, 'refused'));
    await bed.sweep();
    expect(await rowsOf(sid, room, late)).toEqual([]);
  });

  // What had never been there was decided on again: withheld, for ever.
  it('stay away when media come late of what Twilio had called absent', async () => {
    const [sid, callSid] = [newSid('RE'), newSid('CA')];
    const prefix = `${ACCOUNT}/2026/03/01/${callSid}/${sid}/`;
    bed.test.now = at(1);
    await bed.test.take(recordingCompleted(sid, { callSid }, { status: 'absent' }));
    await sweepAt(91);
    await bed.store.put(`${prefix}media.wav`, Buffer.from('late'), { contentType: 'text/plain' });
    await bed.test.take(bed.archivedHere(sid, callSid, prefix));
    await sweepAt(92);
    await sweepAt(94);
    expect(await bed.objectsUnder(prefix)).toBe(0);
    expect(await rowsOf(sid, callSid)).toEqual([]);
    expect(await tombstoneOf(sid)).toMatchObject({ state: 'deleted', decision: null });
  });

  it('stay under a hold that is placed at that very moment, and go after its release', async () => {
    const { sid, callSid } = await recorded();
    await sweepAt(31);
    await sweepAt(33);
    await sweepAt(75);
    bed.test.now = at(91 * DAY);
    const { hold, release } = await matterOver(holdsOver(bed, { budgetMs: 0 }));
    const { holdId } = await hold({ callSid });
    await bed.sweep();
    expect(await rowsOf(sid, callSid)).toContain('decisions');
    await release(holdId);
    await sweepAt(93);
    expect(await rowsOf(sid, callSid)).toEqual([]);
  });

  it('of a call stay until its last recording is done with them', async () => {
    const room = newSid('CF');
    const one = await bed.given(undefined);
    const other = newSid('RE');
    await bed.test.take(
      legReported(one.callSid),
      joined(room, one.callSid),
      // Somebody who never said anything: the conference's recording is withheld, and stays.
      joined(room, newSid('CA')),
      consentOf({ callSid: one.callSid }, 'granted'),
      recordingCompleted(other, { conferenceSid: room }),
    );
    await one.archive();
    await sweepAt(31);
    await sweepAt(33);
    await sweepAt(75);
    await sweepAt(91);
    expect(await tombstoneOf(one.sid)).toMatchObject({ state: 'deleted', metadata_removed_at: expect.any(String) });
    expect(await rowsOf(one.callSid)).toContain('calls');
  });

  it('wait for an erasure that is not completed', async () => {
    const person = '+14155557788';
    const { request } = erasing(bed);
    const { sid, callSid } = await recorded();
    await bed.test.take(legReported(callSid, { from: person, status: 'ringing', sequenceNumber: 0 }));
    await sweepAt(31);
    await sweepAt(33);
    await sweepAt(75);
    bed.test.now = at(91 * DAY);
    await request({ e164: person });
    await bed.sweep();
    expect(await rowsOf(sid, callSid)).toContain('calls');
    const { settle } = erasing(bed);
    await settle();
    await sweepAt(93);
    expect(await rowsOf(sid, callSid)).toEqual([]);
  });
});

const decisionsOf = async (recordingSid: string) => {
  const { rows } = await bed.test.pool.query(
    'select outcome, purposes, rule from ledger.decisions where recording_sid = $1 order by decision',
    [recordingSid],
  );
  return rows;
};

// With a policy that asks for nothing, a recording of a call whose refusal had been removed was cleared and transcribed.
describe('what is recorded of a call that was forgotten, and reported after that', () => {
  const clearing = policyWith('30d').replace('explicit', 'none');
  beforeAll(async () => {
    const { policy: draft } = await deskOf(bed).draft(ACCOUNT, clearing, RETENTION);
    if (draft === undefined) return expect.fail('no draft');
    await deskOf(bed).activate(draft, 1_000, RETENTION);
  });
  afterAll(async () => {
    const { policy: draft } = await deskOf(bed).draft(ACCOUNT, policyWith('90d'), RETENTION);
    if (draft !== undefined) await deskOf(bed).activate(draft, 1_000, RETENTION);
  });

  const withheld = { outcome: 'withheld', rule: 'call-forgotten' };

  it('is withheld, by whichever leg it is reported, and stays it when the answers come again', async () => {
    bed.test.now = at(1);
    const [callSid, child, late] = [newSid('CA'), newSid('CA'), newSid('CA')];
    const refused = consentOf({ callSid: child }, 'refused');
    await bed.test.take(legReported(callSid), legReported(child, { parentCallSid: callSid }), refused);
    await sweepAt(31);
    expect(await rowsOf(callSid, child)).toEqual([]);
    const sids = [newSid('RE'), newSid('RE'), newSid('RE')] as const;
    await bed.test.take(
      recordingCompleted(sids[0], { callSid }),
      recordingCompleted(sids[1], { callSid: child }),
      // A leg that is first heard of after the others were removed.
      legReported(late, { parentCallSid: child }),
      recordingCompleted(sids[2], { callSid: late }),
      ...[refused, consentOf({ callSid }, 'granted')],
    );
    await bed.sweep();
    for (const sid of sids) expect(await decisionsOf(sid)).toMatchObject([withheld]);
    expect(await bed.test.reader.find(ACCOUNT, sids[0])).toMatchObject({
      state: 'withheld',
      reason: expect.stringContaining('nobody can tell whether somebody refused'),
    });
  });

  // Nothing tells whose leg it is before it is reported: the recording was cleared at once, to be stored and transcribed.
  it('waits where its leg was not reported yet, and is withheld when that names the call, or cleared when it names none', async () => {
    bed.test.now = at(1);
    const callSid = newSid('CA');
    await bed.test.take(legReported(callSid), consentOf({ callSid }, 'refused'));
    await sweepAt(31);
    expect(await rowsOf(callSid)).toEqual([]);
    const sids = [newSid('RE'), newSid('RE'), newSid('RE')] as const;
    const [child, alone, silent] = [newSid('CA'), newSid('CA'), newSid('CA')];
    for (const [index, leg] of [child, alone, silent].entries())
      await bed.test.take(recordingCompleted(sids[index] ?? '', { callSid: leg }));
    const waiting = { outcome: 'waiting', rule: 'leg-settling' };
    for (const sid of sids) expect(await decisionsOf(sid)).toMatchObject([waiting]);
    await bed.test.take(legReported(child, { parentCallSid: callSid }), legReported(alone));
    expect(await decisionsOf(sids[0])).toMatchObject([waiting, withheld]);
    expect(await decisionsOf(sids[1])).toMatchObject([waiting, { outcome: 'cleared' }]);
    expect(await decisionsOf(sids[2])).toMatchObject([waiting]);
    bed.test.now = new Date(bed.test.now.getTime() + 30_000);
    await bed.sweep();
    expect(await decisionsOf(sids[2])).toMatchObject([waiting, { outcome: 'cleared' }]);
  });

  it('is withheld where somebody was in its conference of whom nothing is known any more, whenever that was told', async () => {
    for (const isToldLate of [false, true]) {
      bed.test.now = at(1);
      const [gone, there, room] = [newSid('CA'), newSid('CA'), newSid('CF')];
      const join = joined(room, gone, { label: 'anna' });
      await bed.test.take(legReported(gone), consentOf({ callSid: gone }, 'refused'), ...(isToldLate ? [] : [join]));
      bed.test.now = at(20 * DAY);
      await bed.test.take(legReported(there, { occurredAt: at(20 * DAY).toISOString() }), joined(room, there));
      await sweepAt(32);
      expect(await rowsOf(gone)).toEqual(isToldLate ? [] : ['participants']);
      if (isToldLate) await bed.test.take(join);
      const sid = newSid('RE');
      await bed.test.take(consentOf({ callSid: there }, 'granted'), recordingCompleted(sid, { conferenceSid: room }));
      expect(await decisionsOf(sid)).toMatchObject([withheld]);
      const { rows } = await bed.test.pool.query('select label from ledger.participants where call_sid = $1', [gone]);
      expect(rows).toEqual([{ label: null }]);
    }
  });

  it('leaves nothing of a conference when the last one who was in it is forgotten', async () => {
    bed.test.now = at(1);
    const [first, second, room] = [newSid('CA'), newSid('CA'), newSid('CF')];
    await bed.test.take(legReported(first), joined(room, first));
    bed.test.now = at(20 * DAY);
    await bed.test.take(legReported(second, { occurredAt: at(20 * DAY).toISOString() }), joined(room, second));
    await sweepAt(32);
    expect(await rowsOf(first)).toEqual(['participants']);
    await sweepAt(51);
    expect(await rowsOf(first, second, room)).toEqual([]);
  });
});

describe('what was removed', () => {
  it('is said by every read to have been removed, and when', async () => {
    const { sid, callSid } = await recorded();
    for (const day of [31, 33, 91]) await sweepAt(day);
    const { reader } = bed.test;
    const removed = { metadataRemovedAt: expect.stringContaining('2026-05-31') };
    expect(await reader.find(ACCOUNT, sid)).toMatchObject({
      ...{ ...removed, state: 'deleted', callSid },
      reason: expect.stringContaining('was removed on 2026-05-31'),
      timeline: expect.arrayContaining([expect.objectContaining({ what: 'metadata removed' })]),
    });
    const listed = await reader.list({ accounts: [ACCOUNT], callSid, limit: 10 });
    expect(listed).toMatchObject([{ recordingSid: sid, ...removed }]);
    expect(await reader.findCall(ACCOUNT, callSid)).toMatchObject({
      ...removed,
      legs: [],
      recordings: [{ recordingSid: sid }],
    });
    expect(await reader.callRemovedAt(ACCOUNT, callSid)).toBeDefined();
    expect(await reader.holdersOf({ callSid }, [ACCOUNT])).toEqual([ACCOUNT]);
    expect(await reader.findDecisions(ACCOUNT, sid)).toEqual([]);
  });

  it('can be taken from no recording that is there, by nobody', async () => {
    const { sid, callSid } = await recorded();
    const { application } = bed.test;
    const asService = (text: string, values: unknown[]) =>
      inTenant(application, ACCOUNT, (client) => client.query(text, values));
    const now = bed.test.now;
    await expect(asService('select ledger.forget_recording($1, $2, $3)', [ACCOUNT, sid, now])).rejects.toThrow(
      'not due',
    );
    await expect(
      asService('select ledger.forget_calls($1, $2, $3, $4)', [ACCOUNT, [callSid], [], now]),
    ).rejects.toThrow('still needs');
    // Of a recording that is gone, its date alone was never compared, and nobody asked whether a deletion or a hold was still open.
    for (const day of [31, 33]) await sweepAt(day);
    const forget = (day: number) =>
      asService('select ledger.forget_recording($1, $2, $3)', [ACCOUNT, sid, at(day * DAY)]);
    await expect(forget(33)).rejects.toThrow('not due');
    const reopen = (completedAt: string) =>
      bed.test.pool.query(`update ledger.deletions set completed_at = ${completedAt} where recording_sid = $1`, [sid]);
    await reopen('null');
    await expect(forget(92)).rejects.toThrow('not due');
    await reopen('now()');
    // It took the word of whoever asked for what the time is, years ahead of the database's.
    const due = async (at: string) => {
      const text = `update ledger.recordings set metadata_due_at = ${at} where recording_sid = $1 returning metadata_due_at`;
      return (await bed.test.pool.query(text, [sid])).rows[0].metadata_due_at;
    };
    const planned = await due('metadata_due_at');
    await due("clock_timestamp() + interval '1 hour'");
    const inYears = new Date(Date.now() + 5 * 366 * 86_400_000);
    await expect(asService('select ledger.forget_recording($1, $2, $3)', [ACCOUNT, sid, inYears])).rejects.toThrow(
      'not due',
    );
    await due(`'${planned.toISOString()}'`);
    await asService('select ledger.forget_recording($1, $2, $3)', [ACCOUNT, sid, at(92 * DAY)]);
    const { hold, release } = await matterOver(holdsOver(bed));
    const forgetCall = () => asService('select ledger.forget_calls($1, $2, $3, $4)', [ACCOUNT, [callSid], [], now]);
    for (const selector of [{ callSid }, { wholeAccount: true }]) {
      const { holdId } = await hold(selector);
      await expect(forgetCall()).rejects.toThrow('a hold covers the call');
      await release(holdId);
    }
    await forgetCall();
    await expect(asService('delete from ledger.decisions where recording_sid = $1', [sid])).rejects.toThrow(
      'permission',
    );
  });
});

describe('a call without recordings', () => {
  it('goes with all of its legs when the default period has passed since its last status', async () => {
    const [parent, child] = [newSid('CA'), newSid('CA')];
    bed.test.now = at(1);
    await bed.test.take(
      legReported(parent),
      legReported(child, { parentCallSid: parent, occurredAt: at(DAY).toISOString() }),
      consentOf({ callSid: parent }, 'granted'),
    );
    await sweepAt(90.5);
    expect(await rowsOf(parent)).toContain('calls');
    await sweepAt(91.5);
    expect(await rowsOf(parent, child)).toEqual([]);
    await bed.test.take(legReported(parent), legReported(newSid('CA'), { parentCallSid: child }));
    await bed.sweep();
    expect(await rowsOf(parent, child)).toEqual([]);
  });

  it('keeps what somebody said for all calls of their number', async () => {
    const callSid = newSid('CA');
    bed.test.now = at(1);
    await bed.test.take(
      legReported(callSid),
      consentOf({}, 'refused', { number: '+14155550100', method: 'written', reference: 'letter:1' }),
    );
    await sweepAt(92);
    expect(await rowsOf(callSid)).toEqual([]);
    expect(await bed.test.take(recordingCompleted(newSid('RE'), { callSid: newSid('CA') }))).toBeDefined();
    const { rowCount } = await bed.test.pool.query(`select from ledger.consents where reference = 'letter:1'`);
    expect(rowCount).toBe(1);
  });
});

// A forgotten recording counted as one that needed the numbers for ever, and its sibling kept them for good.
it('the numbers of a call are replaced in time although another recording of it was forgotten before', async () => {
  const rule = `
rules:
  - name: kept
    select: { sources: [OutboundAPI] }
    periods: { audio: forever, transcript: forever, providerResponse: forever, metadata: forever, numbers: 40d }`;
  const { policy: draft } = await deskOf(bed).draft(ACCOUNT, policyWith('35d') + rule, RETENTION);
  if (draft === undefined) return expect.fail('no draft');
  await deskOf(bed).activate(draft, 1_000, RETENTION);
  const { called, sweepOnce } = erasing(bed);
  const { sid, callSid } = await called('+4930123411', '+14155550100');
  await bed.test.take(recordingCompleted(newSid('RE'), { callSid }, { recordingSource: 'OutboundAPI' }));
  const numberOn = async (day: number) => {
    bed.test.now = at(day * DAY);
    for (let turn = 0; turn < 3; turn += 1) {
      await sweepOnce();
      bed.test.now = new Date(bed.test.now.getTime() + 1_000);
    }
    const { rows } = await bed.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
    return rows[0]?.from_number;
  };
  for (const day of [31, 33, 36]) expect(await numberOn(day)).toBe('+4930123411');
  expect((await tombstoneOf(sid)).metadata_removed_at).not.toBeNull();
  expect(await numberOn(42)).toMatch(/^psn_/);
});
