import { beginDueDeletions } from '@onrecord/retention/deletions/begin-due-deletions';
import { beginDeletion, withDeletion } from '@onrecord/retention/domain/begin-deletion';
import { searchTranscripts } from '@onrecord/retention/ledger/read/search';
import { removeSearchText } from '@onrecord/retention/ledger/search-texts';
import { inTenant } from '@onrecord/retention/ledger/tenancy';
import { readTranscripts } from '@onrecord/retention/search/read-transcripts';
import { openPool } from '@onrecord/shared/postgres/pool';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ACCOUNT, archived, at, consentOf, legReported, newSid, recordingCompleted, transcribed } from './facts.ts';
import { policy } from './ledger.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
let unread: { reason: string; again: Date | undefined }[] = [];
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());
beforeEach(() => {
  unread = [];
});

interface Said {
  text: string | readonly string[];
  language?: string;
  accountSid?: string;
  startedAt?: string;
  /** In place of a transcript. */
  object?: string;
}

/** A transcribed recording in which this was said; it is not read into the search yet. */
async function said({ text, language = 'en', accountSid = ACCOUNT, startedAt = at(-1).toISOString(), object }: Said) {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const prefix = `${accountSid}/${sid}/`;
  const turns = [text].flat().map((each, index) => ({ speaker: 'caller', start: index, end: index + 1, text: each }));
  const body = object ?? JSON.stringify({ language, turns });
  await api.store.put(`${prefix}transcript.json`, Buffer.from(body), { contentType: 'application/json' });
  const own = { accountSid };
  await api.test.take(
    legReported(callSid, own),
    recordingCompleted(sid, { callSid }, { ...own, startedAt }),
    consentOf({ callSid }, 'granted', own),
    archived(sid, callSid, prefix, own),
    transcribed(sid, callSid, prefix, own),
  );
  return { sid, callSid, path: `/v1/recordings/${sid}` };
}

/** Deletes the transcript, as if everything of it were confirmed gone. */
async function dropped(sid: string, now: Date): Promise<void> {
  await api.test.ledger.change({ accountSid: ACCOUNT, recordingSid: sid }, (entry) => {
    const begun = beginDeletion(entry, { cause: 'withdrawal', classes: ['transcript'], now });
    return { entry: begun, events: [] };
  });
  await api.test.ledger.change({ accountSid: ACCOUNT, recordingSid: sid }, (entry) => {
    const [deletion] = entry.partDeletions ?? [];
    if (deletion === undefined) return undefined;
    return { entry: withDeletion(entry, { ...deletion, completedAt: now }), events: [] };
  });
}

const read = (accounts = [ACCOUNT]) =>
  readTranscripts(
    accounts,
    {
      pool: api.test.application,
      objects: api.store,
      clock: api.test.clock,
      onUnread: (_, reason, again) => void unread.push({ reason, again }),
    },
    100,
  );

async function search(q: string, more = '') {
  const { status, json } = await api.send(`/v1/transcripts?q=${encodeURIComponent(q)}${more}`);
  expect({ status, json }).toMatchObject({ status: 200 });
  return json as {
    hits: { recordingSid: string; highlights: { text: string; marks: { start: number; end: number }[] }[] }[];
    next?: string;
  };
}
const found = async (q: string, more = '') => (await search(q, more)).hits.map(({ recordingSid }) => recordingSid);
/** The words that were marked in the first turn of the only hit. */
async function marked(q: string) {
  const [hit] = (await search(q)).hits;
  return hit?.highlights[0]?.marks.map(({ start, end }) => hit.highlights[0]?.text.slice(start, end));
}

describe('a search over transcripts', () => {
  it('finds words in any form of them, tells the turn and the time, and marks them in plain text', async () => {
    const { sid, callSid } = await said({
      text: ['Hello', '<b>I was refunding</b> & left', 'a refund, twice refunded'],
    });
    await read();
    expect((await api.send('/v1/transcripts?q=the')).json.detail).toContain('"the" has no word to look for');
    expect((await search('refunds')).hits).toEqual([
      {
        ...{ accountSid: ACCOUNT, recordingSid: sid, callSid, beganAt: at(-1).toISOString() },
        ...{ simulated: true, isCut: false, matches: 2 },
        highlights: [
          {
            turn: 1,
            speaker: 'caller',
            start: 1,
            end: 2,
            text: '<b>I was refunding</b> & left',
            marks: [{ start: 9, end: 18 }],
          },
          {
            ...{ turn: 2, speaker: 'caller', start: 2, end: 3, text: 'a refund, twice refunded' },
            marks: [
              { start: 2, end: 8 },
              { start: 16, end: 24 },
            ],
          },
        ],
      },
    ]);
  });

  it('knows phrases, or, and what was not said', async () => {
    const one = (await said({ text: 'the quarterly invoice for cobalt' })).sid;
    const two = (await said({ text: 'cobalt without any invoice, quarterly' })).sid;
    await read();
    expect(await found('"quarterly invoice"')).toEqual([one]);
    expect((await found('cobalt zirconium')).length).toBe(0);
    expect((await found('zirconium or cobalt')).toSorted()).toEqual([one, two].toSorted());
    expect(await found('cobalt -"quarterly invoice"')).toEqual([two]);
  });

  it.each([
    ['de', 'Die Verträge wurden gekündigt', 'vertrag', 'Verträge'],
    ['ja', '昨日、東京駅で会いました', '東京駅', '東京駅'],
    ['zh', '我想取消訂單', '取消', '取消'],
    ['th', 'ฉันต้องการยกเลิกบัญชี', 'ยกเลิก', 'ยกเลิก'],
    ['he', 'אני רוצה לבטל את החשבון', 'לבטל', 'לבטל'],
    ['ar', 'أريد إلغاء الحساب', 'إلغاء', 'إلغاء'],
    ['ko', '환불을 요청했습니다', '환불을', '환불을'],
    ['xx', 'unheard-of tongues', 'tongues', 'tongues'],
  ])('finds in %s what was said: %s, by %s', async (language, text, q, expected) => {
    const { sid } = await said({ text, language });
    await read();
    expect({ found: await found(q), marked: await marked(q) }).toEqual({ found: [sid], marked: [expected] });
  });

  it('is newest first, page by page, and within a time', async () => {
    const sids: string[] = [];
    for (const day of [3, 1, 2])
      sids[day] = (await said({ text: 'vanadium', startedAt: at(day * 1_440).toISOString() })).sid;
    await read();
    const pages: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page = await search('vanadium', `&limit=1${next && `&cursor=${next}`}`);
      pages.push(...page.hits.map(({ recordingSid }) => recordingSid));
      next = page.next;
    }
    expect(pages).toEqual([sids[3], sids[2], sids[1]]);
    const day = at(2 * 1_440).toISOString();
    expect(await found('vanadium', `&since=${day}`)).toEqual([sids[3], sids[2]]);
    expect(await found('vanadium', `&until=${day}`)).toEqual([sids[1]]);
  });

  it.each([
    ['-refund', 'has no word to look for'],
    ['!!! ???', 'has no word to look for'],
    ['', 'q is ""'],
    ['x'.repeat(201), 'q: '],
  ])('says what is wrong with looking for %j', async (q, why) => {
    await said({ text: 'anything' });
    await read();
    const { status, json } = await api.send(`/v1/transcripts?q=${encodeURIComponent(q)}`);
    expect({ status, detail: json.detail }).toEqual({ status: 400, detail: expect.stringContaining(why) });
  });

  it.each(["'; drop table ledger.transcript_texts; --", ':*', '@english', `@${ACCOUNT}`, '\\', '((', '<-> & |', '%'])(
    'takes %s for words, and no more',
    async (q) => {
      const { status } = await api.send(`/v1/transcripts?q=${encodeURIComponent(`${q} osmium`)}`);
      expect({ status, found: status === 200 ? await found(`${q} osmium`) : [] }).toEqual({ status: 200, found: [] });
    },
  );
});

describe('what is searched', () => {
  it('is what may be read: nothing whose transcription is refused by now, and nothing of another account', async () => {
    const other = newSid('AC');
    const { sid, callSid } = await said({ text: 'rhodium' });
    await said({ text: 'rhodium', accountSid: other });
    await read([ACCOUNT, other]);
    expect(await found('rhodium', `&accountSid=${ACCOUNT}`)).toEqual([sid]);
    // The function for the application keeps to the accounts of the transaction, whatever it is asked for.
    const ofOther = await inTenant(api.test.pool, ACCOUNT, async (client) => {
      const { rows } = await client.query('select ledger.search_query($1, $2) as query', [other, 'rhodium']);
      const wanted = `'rhodium' & '@english' & '@${other}'`;
      const sql = 'select * from ledger.search_transcripts($1, $2::tsquery, null, null, null, null, null, 10)';
      return { query: rows[0].query, found: (await client.query(sql, [other, wanted])).rows };
    });
    expect(ofOther).toEqual({ query: null, found: [] });
    await api.test.take(consentOf({ callSid }, 'refused', { recordedAt: at(5).toISOString(), reference: 'later' }));
    expect(await found('rhodium', `&accountSid=${ACCOUNT}`)).toEqual([]);
  });

  // The function compared with a setting that was null there, and answered for every account.
  it('is nothing on a connection that never named an account', async () => {
    const { sid } = await said({ text: 'lanthanum' });
    await read();
    const wanted = `'lanthanum' & '@english' & '@${ACCOUNT}'`;
    const sql =
      'select recording_sid from ledger.search_transcripts($1, $2::tsquery, null, null, null, null, null, 10)';
    const named = await inTenant(api.test.application, ACCOUNT, (client) => client.query(sql, [ACCOUNT, wanted]));
    expect(named.rows).toEqual([{ recording_sid: sid }]);
    const { url, role } = api.test;
    const fresh = openPool({
      url,
      role,
      max: 1,
      applicationName: 'fresh',
      logger: createLogger({ service: 'test', level: 'silent' }),
    });
    try {
      expect((await fresh.query(sql, [ACCOUNT, wanted])).rows).toEqual([]);
      const { rows } = await fresh.query('select ledger.search_query($1, $2) as query', [ACCOUNT, 'lanthanum']);
      expect(rows).toEqual([{ query: null }]);
    } finally {
      await fresh.end();
    }
  });

  it('is the latest transcript of a recording, once', async () => {
    const { sid, callSid } = await said({ text: 'palladium' });
    await read();
    const prefix = `${ACCOUNT}/${sid}/`;
    const again = JSON.stringify({ language: 'en', turns: [{ speaker: 'a', start: 0, end: 1, text: 'platinum' }] });
    await api.store.put(`${prefix}transcript.json`, Buffer.from(again), { contentType: 'application/json' });
    api.test.now = at(3);
    await api.test.take(transcribed(sid, callSid, prefix, { optionsFingerprint: 'f2' }));
    await read();
    expect({ before: await found('palladium'), now: await found('platinum') }).toEqual({ before: [], now: [sid] });
  });

  it('has what was transcribed before there was a search', async () => {
    const { sid } = await said({ text: 'iridium' });
    // As the migration leaves it: nothing was told of it.
    await api.test.pool.query(
      `update ledger.transcripts set text_due_at = now() - interval '1 second' where recording_sid = $1`,
      [sid],
    );
    api.test.now = new Date();
    await read();
    expect(await found('iridium')).toEqual([sid]);
    api.test.now = at(1);
  });

  // One deletion of the transcript, however long ago, once kept every later one out of the search.
  it('has a transcript that was made again after one was deleted, and not the deleted one', async () => {
    const { sid, callSid } = await said({ text: 'osmium' });
    await read();
    await dropped(sid, at(5));
    expect(await found('osmium')).toEqual([]);
    const prefix = `${ACCOUNT}/${sid}/`;
    api.test.now = at(6);
    // As it was before the deletion, told once more.
    await api.test.take(
      transcribed(sid, callSid, prefix, { optionsFingerprint: 'late', completedAt: at(4).toISOString() }),
    );
    await read();
    expect(await found('osmium')).toEqual([]);
    api.test.now = at(7);
    await api.test.take(
      transcribed(sid, callSid, prefix, { optionsFingerprint: 'new', completedAt: at(6).toISOString() }),
    );
    await read();
    expect(await found('osmium')).toEqual([sid]);
    api.test.now = at(1);
  });

  // The words went at once when a party refused transcription, although a hold kept the transcript that they are of.
  it('keeps a text under a hold, where a refusal begins the deletion that rests: it is only not found', async () => {
    const { sid, callSid } = await said({ text: 'rhenium' });
    await read();
    const { json } = await api.send('/v1/matters', { method: 'POST', body: { name: 'Smith v. Jones' } });
    const body = { matterId: json.matterId, selector: { recordingSid: sid } };
    expect((await api.send('/v1/holds', { method: 'POST', body })).status).toBe(201);
    const refused = {
      recordedAt: at(5).toISOString(),
      reference: 'of transcription',
      purposes: ['transcribe' as const],
    };
    api.test.now = at(5);
    await api.test.take(consentOf({ callSid }, 'refused', refused));
    const { rows } = await api.test.pool.query(
      `select classes, (select count(*)::integer from ledger.transcript_texts where recording_sid = $1) as texts
       from ledger.deletions where recording_sid = $1`,
      [sid],
    );
    expect(rows).toEqual([{ classes: ['transcript', 'provider-response'], texts: 1 }]);
    expect(await found('rhenium')).toEqual([]);
    api.test.now = at(1);
  });

  it('loses a text with the beginning of its deletion, for good: no later telling of the transcript brings it back', async () => {
    const { sid, callSid } = await said({ text: 'tantalum' });
    await read();
    expect(await found('tantalum')).toEqual([sid]);
    await api.send(`/v1/recordings/${sid}/retention`, { method: 'PUT', body: { deleteAfter: at(-5).toISOString() } });
    await beginDueDeletions(api.test.ledger, at(10), 10);
    const { rows } = await api.test.pool.query('select from ledger.transcript_texts where recording_sid = $1', [sid]);
    expect(rows).toEqual([]);
    await api.test.take(transcribed(sid, callSid, `${ACCOUNT}/${sid}/`, { optionsFingerprint: 'late' }));
    await read();
    expect({ found: await found('tantalum'), unread }).toEqual({ found: [], unread: [] });
    const key = { accountSid: ACCOUNT, recordingSid: sid };
    expect(await inTenant(api.test.pool, ACCOUNT, (client) => removeSearchText(client, key))).toBe(false);
  });
});

describe('what an erasure covers', () => {
  const erase = (callSid: string) => api.send('/v1/erasures', { method: 'POST', body: { callSid } });
  const purpose = { headers: { 'x-access-purpose': 'complaint 4711' } };
  const all = async (q: string, limit: number) => {
    const pages: string[][] = [];
    for (let next: string | undefined = ''; next !== undefined; ) {
      const page = await search(q, `&limit=${limit}${next && `&cursor=${next}`}`);
      pages.push(page.hits.map(({ recordingSid }) => recordingSid));
      next = page.next;
    }
    return pages;
  };

  // The search showed the words of an erased person until the sweep had reached the recording.
  it('is not found from the request on, before anything else was done, and no access to it is on record', async () => {
    const { sid, callSid } = await said({ text: 'gallium' });
    await read();
    expect(await found('gallium')).toEqual([sid]);
    expect((await erase(callSid)).status).toBe(202);
    const accesses = () =>
      api.test.pool
        .query('select from ledger.accesses where recording_sid = $1', [sid])
        .then(({ rowCount }) => rowCount);
    const before = await accesses();
    expect(await found('gallium')).toEqual([]);
    expect(await accesses()).toBe(before);
    const { json } = await api.send('/v1/transcripts?q=gallium', purpose);
    expect(json.hits.map((hit: { recordingSid: string }) => hit.recordingSid)).toEqual([sid]);
  });

  it('is passed over without a page that ends short: each has what it may have, or says where to go on', async () => {
    const sids: string[] = [];
    for (let minute = 0; minute < 6; minute += 1) {
      const { sid, callSid } = await said({ text: 'cerium', startedAt: at(minute - 60).toISOString() });
      if (minute % 3 === 0) sids.unshift(sid);
      else await erase(callSid);
    }
    await read();
    expect(await all('cerium', 1)).toEqual(sids.map((sid) => [sid]));
    expect(await all('cerium', 2)).toEqual([sids]);
  });

  it('is looked through so far, and the rest with the next page', async () => {
    for (let minute = 0; minute < 3; minute += 1) {
      const { callSid } = await said({ text: 'thulium', startedAt: at(minute - 60).toISOString() });
      if (minute > 0) await erase(callSid);
    }
    await read();
    const query = { accounts: [ACCOUNT], q: 'thulium', limit: 2, readsRestricted: false };
    const isRestricted = async () => 'an erasure covers it';
    const first = await searchTranscripts(api.test.application, query, isRestricted, 2);
    expect(first).toEqual({ hits: [], resumeAt: [at(-59).toISOString(), expect.stringMatching(/^RE/)] });
    const rest = await searchTranscripts(
      api.test.application,
      { ...query, after: first?.resumeAt },
      async () => undefined,
    );
    expect(rest?.hits.map(({ beganAt }) => beganAt)).toEqual([at(-60).toISOString()]);
  });

  // Recordings that a policy keeps with a pseudonym vanished from the search for good.
  it('is found as before where the policy keeps shared calls with a pseudonym', async () => {
    const kept = await RecordsApp.start({}, { ...policy, sharedCalls: 'keep-with-pseudonym' });
    const own = api;
    api = kept;
    try {
      const { sid, callSid } = await said({ text: 'terbium' });
      await api.test.take(
        legReported(newSid('CA'), { parentCallSid: callSid, direction: 'outbound-dial', to: '+14155550177' }),
      );
      await read();
      await erase(callSid);
      await api.test.ledger.change({ accountSid: ACCOUNT, recordingSid: sid }, (entry) => ({ entry, events: [] }));
      expect(await found('terbium')).toEqual([sid]);
    } finally {
      api = own;
      await kept.close();
    }
  });
});

describe('a transcript that cannot be read', () => {
  it.each([
    ['is no JSON', 'no json', 'is no transcript'],
    ['has no turns', '{}', 'is no transcript'],
  ])('because it %s is not asked for again', async (_, object, reason) => {
    await said({ text: '', object });
    await read();
    expect(unread).toEqual([{ reason: expect.stringContaining(reason), again: undefined }]);
    unread = [];
    api.test.now = at(10_000);
    await read();
    expect(unread).toEqual([]);
    api.test.now = at(1);
  });

  it('because the store is away is asked for again, by the policy for failures', async () => {
    const { sid } = await said({ text: 'niobium' });
    const { store } = api;
    const away = { get: () => Promise.reject(new Error('the store is away')) };
    const deps = {
      pool: api.test.application,
      clock: api.test.clock,
      onUnread: (_: unknown, reason: string, again?: Date) => void unread.push({ reason, again }),
    };
    await readTranscripts([ACCOUNT], { ...deps, objects: away }, 10);
    const [{ again } = { again: undefined }] = unread;
    expect(unread).toEqual([{ reason: 'the store is away', again: new Date(api.test.now.getTime() + 5_000) }]);
    await readTranscripts([ACCOUNT], { ...deps, objects: store }, 10);
    expect(await found('niobium')).toEqual([]);
    api.test.now = again ?? api.test.now;
    await readTranscripts([ACCOUNT], { ...deps, objects: store }, 10);
    expect(await found('niobium')).toEqual([sid]);
    api.test.now = at(1);
  });
});
