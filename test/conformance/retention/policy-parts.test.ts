import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activate } from './activating.ts';
import { DAY, Deletions } from './deletions.ts';
import { erasing } from './erasing.ts';
import { ACCOUNT, at, consentOf } from './facts.ts';
import { pseudonyms } from './ledger.ts';

let site: Deletions;
beforeAll(async () => {
  site = await Deletions.start();
});
afterAll(() => site?.close());

const NAMES = ['media.wav', 'waveform.json', 'manifest.json', 'transcript.json', 'provider-response.json'];

async function hold(periods: string, extra = '', rest = 'metadata: 10y, numbers: 10y'): Promise<void> {
  const source = `name: parts\ndefaults:\n  periods: { ${periods}, ${rest} }\n  consent: { mode: explicit }\n${extra}`;
  await activate(site, source);
}

/** One that is archived and transcribed at the first minute. */
async function stored() {
  site.test.now = at(1);
  const given = await site.given('granted');
  await given.archive();
  for (const name of NAMES) await given.put(name);
  const names = async () => {
    const found: string[] = [];
    for await (const { key } of site.store.listVersions(given.prefix)) found.push(key.slice(given.prefix.length));
    return found.toSorted();
  };
  const sweepAt = async (minutes: number) => {
    site.test.now = at(minutes);
    await site.sweep();
  };
  return { ...given, names, sweepAt };
}

describe('by a policy with a period for each class', () => {
  it('each goes in its time, confirmed and told, and the recording with the last of them', async () => {
    const { sid, names, sweepAt } = await stored();
    await hold('audio: 90d, transcript: 2y, providerResponse: 30d');
    await site.test.published();
    await sweepAt(29 * DAY);
    expect(await names()).toHaveLength(5);
    await sweepAt(31 * DAY);
    expect(await names()).toEqual(['manifest.json', 'media.wav', 'transcript.json', 'waveform.json']);
    expect(site.statusAtTwilio(sid)).toBe('completed');
    await sweepAt(91 * DAY);
    expect(await names()).toEqual(['manifest.json', 'transcript.json']);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    const listed = (await site.find(sid))?.objects ?? [];
    const gone = listed.filter(({ deletedAt }) => deletedAt !== undefined).map(({ kind }) => kind);
    expect([...new Set(gone)]).toEqual(expect.arrayContaining(['media']));
    expect(gone).not.toContain('transcript');
    expect(await site.toldOf(sid)).toMatchObject([
      { data: { classes: ['provider-response'], cause: 'schedule' } },
      { data: { classes: ['audio', 'twilio-copy'], cause: 'schedule' } },
    ]);
    await sweepAt(3 * 365 * DAY);
    expect(await names()).toEqual([]);
    expect(await site.find(sid)).toMatchObject({ state: 'deleted', deletion: { status: 'done', cause: 'schedule' } });
  });

  it('Twilio’s copy goes right after the archive, and what we have stays', async () => {
    await hold('audio: 90d, transcript: 90d, providerResponse: 90d', '  twilioDeletion: after-archive');
    const { sid, names, sweepAt } = await stored();
    await site.test.published();
    await sweepAt(2);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    expect(await names()).toHaveLength(5);
    expect(await site.toldOf(sid)).toMatchObject([{ data: { classes: ['twilio-copy'], cause: 'schedule' } }]);
    // It was listed as deleted because its retention period was over, and its timeline told of 0 objects.
    const reason = expect.stringMatching(/^Agreed to .* Of it Twilio’s copy is deleted, as the policy says\.$/);
    expect(
      (await site.test.reader.list({ accounts: [ACCOUNT], limit: 200 })).find((each) => each.recordingSid === sid),
    ).toMatchObject({ state: 'archived', reason });
    const found = await site.find(sid);
    expect(found).toMatchObject({ state: 'archived', reason, archive: { prefix: expect.anything() } });
    const told = found?.timeline
      .filter(({ what }) => /delet/.test(what))
      .map(({ what, detail }) => `${what} ${detail}`);
    expect(told).toEqual(['deletion begun schedule: twilio-copy', 'deleted twilio-copy; Twilio: deleted']);
    await sweepAt(91 * DAY);
    const gone = await site.find(sid);
    expect(gone).toMatchObject({
      state: 'deleted',
      reason: expect.stringMatching(/^Deleted because its retention period was over\./),
    });
    expect([gone?.archive, gone?.decision?.releasedBy]).toEqual([undefined, []]);
  });

  // A bucket that a lifecycle rule had emptied, or another bucket than the archive's, was not looked at: the last copy went.
  it('Twilio’s copy stays where the archive is not there any more, says why, and goes once it is back', async () => {
    await hold('audio: 90d, transcript: 90d, providerResponse: 90d', '  twilioDeletion: 7d');
    const { sid, sweepAt, prefix } = await stored();
    const manifest = await site.store.get(`${prefix}manifest.json`);
    const body = Buffer.concat(await manifest.body.toArray());
    await site.store.deleteAllVersions(`${prefix}manifest.json`);
    await sweepAt(8 * DAY);
    expect(site.statusAtTwilio(sid)).toBe('completed');
    const { rows } = await site.test.pool.query(
      'select source_failure from ledger.deletions where recording_sid = $1',
      [sid],
    );
    const why = expect.stringContaining('Twilio has the only copy, which stays until the archive is put back');
    expect(rows).toEqual([{ source_failure: why }]);
    await site.store.put(`${prefix}manifest.json`, body, { contentType: 'application/json' });
    await sweepAt(9 * DAY);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
  });

  it('a refused recording is as deleted as it says: nothing is stored, and nothing gives it back', async () => {
    await hold('audio: 90d, transcript: 90d, providerResponse: 90d');
    site.test.now = at(1);
    const { sid, archive } = await site.given('refused');
    await archive();
    expect((await site.find(sid))?.decision?.releasedBy).toHaveLength(1);
    site.test.now = at(2 * DAY);
    await site.sweep();
    const gone = await site.find(sid);
    expect([gone?.state, gone?.archive, gone?.decision?.releasedBy]).toEqual(['deleted', undefined, []]);
  });

  // The law's 5 years for the transcript kept all of a refused recording, at Twilio as well.
  it('a refusal takes what no law asks for after its delay, and the rest when the law’s time is over', async () => {
    await hold(
      'audio: 6y, transcript: 6y, providerResponse: 6y',
      '  minimums: [{ classes: [transcript], period: 5y, source: "Some Act § 1" }]',
    );
    const { sid, callSid, names, sweepAt } = await stored();
    await site.test.take(consentOf({ callSid }, 'refused', { recordedAt: at(2).toISOString(), reference: 'no' }));
    await site.test.published();
    await sweepAt(2 * DAY);
    expect(await names()).toEqual(['manifest.json', 'transcript.json']);
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    const listed = (await site.find(sid))?.objects ?? [];
    const gone = listed.filter(({ deletedAt }) => deletedAt !== undefined).map(({ kind }) => kind);
    expect([...new Set(gone)]).toEqual(expect.arrayContaining(['media']));
    expect(gone).not.toContain('transcript');
    expect(await site.find(sid)).toMatchObject({
      state: 'refused',
      deletion: { status: 'planned', cause: 'withdrawal' },
    });
    const [told] = await site.toldOf(sid);
    expect(told).toMatchObject({
      data: { cause: 'withdrawal', classes: ['audio', 'provider-response', 'twilio-copy'] },
    });
    await sweepAt(5 * 366 * DAY);
    expect([await names(), (await site.find(sid))?.state]).toEqual([[], 'deleted']);
  });

  // An archive that was cut short once cost the only whole copy: the policy asked for Twilio's to go right after it.
  it('Twilio’s copy of what was archived short stays until the audio goes, and the API says why', async () => {
    await hold('audio: 90d, transcript: 90d, providerResponse: 90d', '  twilioDeletion: after-archive');
    site.test.now = at(1);
    const { sid, callSid, prefix, put } = await site.given('granted');
    await put('media.wav');
    const text = 'Twilio reported 12 s and served 9.12 s';
    const warnings = [{ kind: 'shorter-than-reported', text }];
    await site.test.take(site.archivedHere(sid, callSid, prefix, { warnings }));
    site.test.now = at(2 * DAY);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('completed');
    expect((await site.find(sid))?.whyTwilioCopy).toContain(text);
    site.test.now = at(91 * DAY);
    await site.sweep();
    expect(site.statusAtTwilio(sid)).toBe('deleted');
  });
});

describe('by a policy with a period for numbers', () => {
  const german =
    'rules:\n  - { name: german, select: { numbers: ["+4930*"] }, periods: { audio: 5y, transcript: 5y } }';

  it('pseudonyms take their place in time, and the rule that they told holds on', async () => {
    const { called, sweepOnce } = erasing(site);
    await hold('audio: 90d, transcript: 90d, providerResponse: 90d', german, 'metadata: 10y, numbers: 60d');
    site.test.now = at(1);
    const { sid, callSid } = await called('+4930123456', '+14155550100');
    const numbers = async () => {
      const { rows } = await site.test.pool.query(
        'select from_number, to_number, recordings.policy_rule, delete_after from ledger.calls join ledger.recordings using (account_sid, call_sid) where call_sid = $1',
        [callSid],
      );
      return rows[0];
    };
    const before = await numbers();
    expect(before).toMatchObject({ from_number: '+4930123456', policy_rule: 'german' });
    site.test.now = at(59 * DAY);
    await sweepOnce();
    expect(await numbers()).toEqual(before);
    site.test.now = at(61 * DAY);
    await sweepOnce();
    const after = await numbers();
    expect([after.from_number, after.to_number]).toEqual([
      expect.stringMatching(/^psn_/),
      expect.stringMatching(/^psn_/),
    ]);
    await hold('audio: 30d, transcript: 30d, providerResponse: 30d', german, 'metadata: 10y, numbers: 60d');
    await sweepOnce();
    expect(await numbers()).toEqual(after);
    expect((await site.find(sid))?.decision?.outcome).toBe('cleared');
  });

  // A withdrawal looked for the plain number, found no call, and the recording stayed for years.
  it('a withdrawal by number reaches the calls whose numbers were replaced', async () => {
    const { called, sweepOnce } = erasing(site);
    await hold('audio: 2y, transcript: 2y, providerResponse: 2y', '', 'metadata: 10y, numbers: 30d');
    site.test.now = at(1);
    const number = '+4930123499';
    const { sid, callSid } = await called(number, '+14155550100');
    site.test.now = at(31 * DAY);
    await sweepOnce();
    const { rows } = await site.test.pool.query('select from_number from ledger.calls where call_sid = $1', [callSid]);
    expect(rows).toEqual([{ from_number: pseudonyms.of(number) }]);
    expect(await site.test.reader.isPlaceKnown(ACCOUNT, { number })).toBe(true);
    const letter = { number, party: 'customer', method: 'written', reference: 'letter:1' };
    const outcomes = await site.test.take(
      consentOf({}, 'withdrawn', { ...letter, recordedAt: site.test.now.toISOString() }),
    );
    expect(outcomes).toEqual(['refused']);
    expect(await site.find(sid)).toMatchObject({ state: 'refused', decision: { rule: 'consent-withdrawn' } });
  });
});

describe('by a law that asks for the transcript and the numbers', () => {
  const lawful = '  minimums:\n    - { classes: [transcript, numbers], period: 1y, source: Some Act § 1 }';

  it('an erasure leaves these alone, restricted, and takes them when the time is over', async () => {
    const { called, request, settle, find } = erasing(site);
    await hold('audio: 90d, transcript: 2y, providerResponse: 90d', lawful);
    site.test.now = at(1);
    const { sid, put, callSid, prefix } = await called('+14152670001', '+14155550100');
    for (const name of NAMES) await put(name);
    const { erasure } = await request({ e164: '+14152670001' });
    const seen = async () => {
      const keys: string[] = [];
      for await (const { key } of site.store.listVersions(prefix)) keys.push(key.slice(prefix.length));
      const { rows } = await site.test.pool.query('select from_number from ledger.calls where call_sid = $1', [
        callSid,
      ]);
      const { erasure: now, results } = await find(erasure.erasureId);
      return { keys: keys.toSorted(), number: rows[0].from_number, state: now.state, results };
    };
    await settle();
    await settle();
    expect(await seen()).toEqual({
      keys: ['manifest.json', 'transcript.json'],
      number: '+14152670001',
      state: 'waiting',
      results: { statutory: 1 },
    });
    expect(site.statusAtTwilio(sid)).toBe('deleted');
    site.test.now = at(366 * DAY);
    await settle();
    site.test.now = new Date(site.test.now.getTime() + 600_000);
    await settle();
    expect(await seen()).toEqual({
      keys: [],
      number: expect.stringMatching(/^psn_/),
      state: 'completed',
      results: { erased: 1 },
    });
  });
});
