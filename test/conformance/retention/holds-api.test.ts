import { beginDeletion } from '@onrecord/retention/domain/begin-deletion';
import { noteFound } from '@onrecord/retention/domain/deletion';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  archived,
  at,
  consentOf,
  legReported,
  newSid,
  recordingCompleted,
  stored,
  transcribed,
} from './facts.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
let matterId: string;
const send = (path: string, body?: unknown, token?: string) =>
  api.send(path, { ...(body === undefined ? {} : { method: 'POST', body }), ...(token && { token }) });
const place = (selector: object) => send('/v1/holds', { matterId, selector });

beforeAll(async () => {
  api = await RecordsApp.start();
  matterId = (await send('/v1/matters', { name: ' Smith v. Jones ' })).json.matterId;
});
afterAll(() => api?.close());

describe('a hold, asked for over the records API,', () => {
  it('answers with what it covers, who enforces it and what was gone', async () => {
    const { sid, callSid } = await api.given('transcribed');
    const { status, json } = await send('/v1/holds', {
      matterId,
      selector: { callSid },
      reason: 'preservation letter',
    });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: {
        holdId: expect.stringMatching(/^hld_[0-9a-f]{32}$/),
        matterId,
        selector: { callSid },
        reason: 'preservation letter',
        status: 'standing',
        placed: { by: 'token:bootstrap' },
        enforcement: 'ledger',
        enforcementReason: 'a folder has no Object Lock',
        coverage: { isComplete: true, recordings: 1, locks: { confirmed: 0, pending: 0, failing: 0 } },
        begunBefore: { recordings: 0, unsettled: 0, objectsGone: 0, twilioGone: 0, items: [] },
      },
    });
    const { holdId } = json;
    expect((await send(`/v1/holds/${holdId}`)).json).toEqual(json);
    expect((await send(`/v1/holds/${holdId}/recordings`)).json).toMatchObject({
      recordings: [{ recordingSid: sid, state: 'transcribed', lock: { enforcement: 'ledger' } }],
    });
    expect((await send(`/v1/recordings/${sid}`)).json.holds).toEqual([{ holdId, matterId, matter: 'Smith v. Jones' }]);
    expect((await send(`/v1/holds?recordingSid=${sid}&status=standing`)).json.holds).toMatchObject([{ holdId }]);
    expect((await send(`/v1/holds?recordingSid=${sid}&status=released`)).json.holds).toEqual([]);
    const heldOfCall = async (held: boolean) =>
      (await send(`/v1/recordings?callSid=${callSid}&held=${held}`)).json.recordings;
    expect(await heldOfCall(true)).toMatchObject([{ recordingSid: sid, holds: [{ holdId }] }]);
    expect(await heldOfCall(false)).toEqual([]);
    expect((await send(`/v1/matters/${matterId}`)).json).toMatchObject({ matterId, name: 'Smith v. Jones' });
  });

  // The answer was the same as for any recording, and nothing went at the date.
  it('is told of in the answer to whoever sets a date for what it covers', async () => {
    const { sid, path } = await api.given('transcribed');
    const set = (deleteAfter: string | null) => api.send(`${path}/retention`, { method: 'PUT', body: { deleteAfter } });
    expect((await set(at(-1).toISOString())).json.heldBack).toBeUndefined();
    await place({ recordingSid: sid });
    for (const [date, until] of [
      [at(-1).toISOString(), 'this date'],
      [null, 'its schedule'],
    ] as const) {
      const { status, json } = await set(date);
      expect({ status, json }).toEqual({
        status: 200,
        json: {
          recordingSid: sid,
          heldBack: expect.stringMatching(new RegExp(`^A hold for ${matterId} keeps it: .* by ${until}`)),
        },
      });
    }
  });

  it('names a number in one spelling, however it was asked for', async () => {
    const { json } = await place({ number: '+44 (20) 7183-8750', from: '2026-01-01T00:00:00+01:00' });
    expect(json.selector).toEqual({
      number: '+442071838750',
      party: expect.stringMatching(/^psn_/),
      from: '2025-12-31T23:00:00.000Z',
    });
  });

  it('is listed in pages, newest first', async () => {
    api.test.now = at(60);
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.unshift((await place({ recordingSid: newSid('RE') })).json.holdId);
    ids.sort().reverse();
    const first = (await send('/v1/holds?limit=2')).json;
    expect(first.holds.map(({ holdId }: { holdId: string }) => holdId)).toEqual(ids.slice(0, 2));
    const second = (await send(`/v1/holds?limit=2&cursor=${first.next}`)).json;
    expect(second.holds[0].holdId).toBe(ids[2]);
    expect((await send(`/v1/holds?matterId=mat_${'0'.repeat(32)}`)).json.holds).toEqual([]);
  });

  it('is released by two people, neither of them twice', async () => {
    const { holdId } = (await place({ recordingSid: newSid('RE') })).json;
    const token = async (name: string) => {
      const grant = { name, role: 'compliance' as const, accounts: 'all' as const, expiresAt: at(100_000) };
      return (await api.tokens.create(grant, { by: { kind: 'service', id: 'test' }, accounts: [ACCOUNT] })).secret;
    };
    const [asks, approves] = [await token('asks'), await token('approves')];
    const approval = `/v1/holds/${holdId}/release/approval`;
    expect((await send(approval, {}, approves)).json).toMatchObject({
      status: 409,
      detail: expect.stringMatching(/Nobody/),
    });
    const asked = await send(`/v1/holds/${holdId}/release`, { reason: 'settled' }, asks);
    expect(asked.json).toMatchObject({ status: 'release-requested', releaseRequested: { reason: 'settled' } });
    expect((await send(approval, {}, asks)).json.detail).toMatch(/Who asked for the release cannot approve it/);
    expect((await send(approval, {})).json.detail).toMatch(/Who placed the hold cannot approve/);
    const again = await send(`/v1/holds/${holdId}/release`, { reason: 'settled' }, approves);
    expect(again.json).toMatchObject({ status: 409, detail: expect.stringMatching(/asked for already/) });
    expect((await send(approval, {}, approves)).json).toMatchObject({ status: 'released' });
    expect((await send(approval, {}, approves)).json).toMatchObject({
      status: 409,
      detail: 'The hold is released already.',
    });
  });
});

// "Another person" was anybody with another token: also the same person with a second one.
describe('the second person of a release', () => {
  const tokenBy = async (by: { kind: 'token' | 'service'; id: string }, name = 'of a test') => {
    const grant = { name, role: 'compliance' as const, accounts: 'all' as const, expiresAt: at(100_000) };
    const { token, secret } = await api.tokens.create(grant, { by, accounts: [ACCOUNT] });
    return { id: token.tokenId, secret };
  };

  it('is neither a token of who asked, nor the token of the settings, and is somebody else', async () => {
    const { sid } = await api.given('transcribed');
    const service = { kind: 'service', id: 'test' } as const;
    const [places, asks, approves] = await Promise.all([tokenBy(service), tokenBy(service), tokenBy(service)]);
    const body = { matterId, selector: { recordingSid: sid } };
    const { holdId } = (await send('/v1/holds', body, places.secret)).json;
    const approval = `/v1/holds/${holdId}/release/approval`;
    await send(`/v1/holds/${holdId}/release`, { reason: 'settled' }, asks.secret);
    for (const { id } of [places, asks]) {
      const own = await tokenBy({ kind: 'token', id });
      expect((await send(approval, {}, own.secret)).json).toMatchObject({
        status: 409,
        detail: expect.stringContaining('has its token from'),
      });
    }
    expect((await send(approval, {})).json).toMatchObject({
      status: 409,
      detail: expect.stringContaining('RECORDS_API_TOKEN cannot approve'),
    });
    expect((await send(approval, {}, approves.secret)).json).toMatchObject({ status: 'released' });
  });
});

// What a hold had saved of a begun deletion could be read by nobody, which made the hold of no use.
describe('what a hold saved of a deletion that had begun', () => {
  const purpose = { headers: { 'x-access-purpose': 'Smith v. Jones' } };
  const given = async () => {
    const [callSid, sid] = [newSid('CA'), newSid('RE')];
    const prefix = `${ACCOUNT}/${sid}/`;
    api.test.now = at(1);
    for (const name of ['media.wav', 'transcript.json', 'transcript.txt']) {
      await api.store.put(`${prefix}${name}`, Buffer.from(name), { contentType: 'text/plain' });
    }
    const media = { ...stored(`${prefix}media.wav`), bytes: 9, contentType: 'audio/x-wav' };
    await api.test.take(
      legReported(callSid, { from: 'client:alice' }),
      recordingCompleted(sid, { callSid }),
      consentOf({ callSid }, 'granted'),
    );
    await api.test.take(
      archived(sid, callSid, prefix, { media, store: api.store.uri }),
      transcribed(sid, callSid, prefix),
    );
    const key = { accountSid: ACCOUNT, recordingSid: sid };
    const now = at(9);
    const found = ['transcript.json', 'transcript.vtt'].map((name) => ({ key: `${prefix}${name}` }));
    await api.test.ledger.change(key, (entry) => {
      const begun = beginDeletion(entry, { cause: 'schedule', now });
      return {
        entry:
          begun.deletion === undefined
            ? begun
            : { ...begun, deletion: noteFound(begun.deletion, { objects: found }, now) },
        events: [],
      };
    });
    await api.store.deleteAllVersions(prefix, undefined, (each) => found.some((gone) => gone.key === each));
    return { sid, path: `/v1/recordings/${sid}` };
  };

  it('is read by compliance and administrators with a purpose, and what is gone is told', async () => {
    const { sid, path } = await given();
    expect((await api.send(`${path}/media`, purpose)).status).toBe(404);
    await place({ recordingSid: sid });
    expect((await api.send(path)).json).toMatchObject({
      state: 'deleting',
      savedByHold: { kept: 2, gone: [{}, {}], twilio: 'kept' },
    });
    const read = async (what: string, options = {}) => {
      const { status, text, json } = await api.send(`${path}/${what}`, options);
      return [status, json?.detail ?? text];
    };
    expect(await read('media', purpose)).toEqual([200, 'media.wav']);
    expect(await read('transcript?format=txt', purpose)).toEqual([200, 'transcript.txt']);
    const gone = expect.stringMatching(
      /^The transcript of .* was gone .* Gone: transcript.json, transcript.vtt; kept: 2 object/,
    );
    expect(await read('transcript', purpose)).toEqual([410, gone]);
    expect(await read('media')).toEqual([
      403,
      expect.stringMatching(/has begun, and a hold keeps its audio\. With the role/),
    ]);
    const { rows } = await api.test.pool.query(
      'select what from ledger.accesses where recording_sid = $1 order by what',
      [sid],
    );
    expect(rows).toEqual([{ what: 'audio' }, { what: 'text' }]);
  });

  // Where the hold came before the deletion, no deletion began, and what was withdrawn could be read by nobody.
  it('is read so too where it was withdrawn under the hold', async () => {
    const { sid, callSid } = await api.given('transcribed');
    await place({ recordingSid: sid });
    await api.test.take(consentOf({ callSid }, 'refused'));
    const path = `/v1/recordings/${sid}/transcript?format=txt`;
    expect(await api.send(path, purpose)).toMatchObject({ status: 200, text: 'caller: hello' });
    const { status, json } = await api.send(path);
    expect([status, json.detail]).toEqual([
      403,
      expect.stringMatching(/ A hold keeps what there is of it\. With the role/),
    ]);
    const other = await api.given('transcribed');
    await api.test.take(consentOf({ callSid: other.callSid }, 'refused'));
    expect((await api.send(`/v1/recordings/${other.sid}/transcript?format=txt`, purpose)).status).toBe(403);
  });

  it('is nothing to others, and no sign of a hold to whoever may not see holds', async () => {
    const { sid, path } = await given();
    await place({ recordingSid: sid });
    const tokenOf = async (body: object) =>
      (await send('/v1/tokens', { name: 'some', accounts: [ACCOUNT], ...body })).json.secret;
    const reviewer = await tokenOf({ role: 'reviewer' });
    expect((await api.send(`${path}/media`, { ...purpose, token: reviewer })).status).toBe(403);
    const agent = await tokenOf({ role: 'agent', agentIdentities: ['client:alice'] });
    const { status, json } = await api.send(`${path}/media`, { ...purpose, token: agent });
    expect({ status, detail: json.detail }).toEqual({
      status: 404,
      detail: `Recording ${sid} is deleting, and its audio with it.`,
    });
    expect((await api.send(path, { token: agent })).text).not.toMatch(/hold/i);
  });
});

describe('a hold is refused', () => {
  it.each<[string, object, string]>([
    ['without a selector', {}, 'say what is held'],
    ['of nothing of the account', { wholeAccount: false }, 'give true, or leave it out'],
    ['by a field of its own', { caller: 'x' }, 'caller'],
    ['by a recording that is none', { recordingSid: 'RE1' }, 'a RecordingSid is RE and 32'],
    ['by a call that is none', { callSid: newSid('RE') }, 'a CallSid is CA and 32'],
    ['by a number without its country', { number: '020 7183 8750' }, 'give a telephone number with its country'],
    ['by a number that is none', { number: 'Smith' }, 'give a telephone number with its country'],
    ['by a time without its zone', { from: '2026-03-01T10:00:00' }, 'give a time with Z or its offset'],
    ['by a time beyond the calendar', { until: '+10000-01-01T00:00:00Z' }, 'give a time'],
    [
      'by a period that ends before it begins',
      { from: '2026-03-02T00:00:00Z', until: '2026-03-01T00:00:00Z' },
      'give a moment before until',
    ],
    ['by a period of no time', { from: '2026-03-02T00:00:00Z', until: '2026-03-02T01:00:00+01:00' }, 'before until'],
    ['by a number that is a list', { number: ['+14155550100'] }, 'number'],
  ])('%s', async (_, selector, detail) => {
    expect((await place(selector)).json).toMatchObject({ status: 400, detail: expect.stringContaining(detail) });
  });

  it.each<[string, object, number, string]>([
    ['for no matter', { selector: { wholeAccount: true } }, 400, 'matterId'],
    ['for a matter that is none', { matterId: 'mat_1', selector: { wholeAccount: true } }, 400, 'mat_ and 32'],
    [
      'for a matter that nobody opened',
      { matterId: `mat_${'0'.repeat(32)}`, selector: { wholeAccount: true } },
      404,
      `No matter mat_${'0'.repeat(32)} is known.`,
    ],
    ['with a selector that is a text', { matterId: `mat_${'0'.repeat(32)}`, selector: 'everything' }, 400, 'selector'],
  ])('%s', async (_, body, status, detail) => {
    expect((await send('/v1/holds', body)).json).toMatchObject({ status, detail: expect.stringContaining(detail) });
  });

  // The names of matters and tokens outlive an erasure, which does not look into them.
  it.each([
    ['/v1/matters', { name: 'Call of +1 (415) 555-0100' }],
    ['/v1/tokens', { name: 'of 4155550100', role: 'auditor', accounts: [ACCOUNT] }],
  ])('or anything at %s in a name like a telephone number', async (path, body) => {
    const { status, json } = await send(path, body);
    expect({ status, detail: json.detail }).toEqual({
      status: 422,
      detail: expect.stringMatching(/^name: .*letters beside its digits/),
    });
    expect(JSON.stringify(json)).not.toContain('0100');
  });

  it('in the account of another matter', async () => {
    const body = { accountSid: newSid('AC'), matterId, selector: { wholeAccount: true } };
    expect((await send('/v1/holds', body)).json).toMatchObject({ status: 404 });
  });

  it.each([
    ['a matter without a name', '/v1/matters', { name: ' ' }, 400],
    ['a release without a reason', `/v1/holds/hld_${'0'.repeat(32)}/release`, {}, 400],
    ['the release of a hold that is none', '/v1/holds/all/release', { reason: 'x' }, 400],
    ['the release of a hold that nobody placed', `/v1/holds/hld_${'0'.repeat(32)}/release`, { reason: 'x' }, 404],
    ['a list of recordings that are held perhaps', '/v1/recordings?held=maybe', undefined, 400],
    ['a list by a status of its own', '/v1/holds?status=all', undefined, 400],
    ['a page that is too long', '/v1/holds?limit=201', undefined, 400],
    ['a cursor that is tampered with', '/v1/holds?cursor=AAAA', undefined, 400],
  ])('and so is %s', async (_, path, body, status) => {
    expect((await send(path, body)).json).toMatchObject({ status });
  });
});
