import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT, at, consentOf, joined, legReported, newSid, recordingCompleted } from './facts.ts';
import { RecordsApp } from './records-app.ts';

let api: RecordsApp;
beforeAll(async () => {
  api = await RecordsApp.start();
});
afterAll(() => api?.close());

const sidsIn = (items: { recordingSid?: string; callSid: string }[]) =>
  items.map(({ recordingSid, callSid }) => recordingSid ?? callSid);

async function allPages(path: string, name: string) {
  const seen: string[] = [];
  let next: string | undefined;
  do {
    const { json } = await api.send(`${path}${next === undefined ? '' : `&cursor=${next}`}`);
    seen.push(...sidsIn(json[name]));
    next = json.next;
  } while (next !== undefined);
  return seen;
}

const listed = async (query: string) => sidsIn((await api.send(`/v1/recordings?${query}`)).json.recordings);

async function recorded(fields: { startedAt?: string; source?: string; from?: string; conferenceSid?: string } = {}) {
  const [callSid, sid] = [newSid('CA'), newSid('RE')];
  const { conferenceSid, from = '+14155550100' } = fields;
  await api.test.take(legReported(callSid, { from }));
  if (conferenceSid !== undefined) await api.test.take(joined(conferenceSid, callSid));
  await api.test.take(
    recordingCompleted(sid, conferenceSid === undefined ? { callSid } : { conferenceSid }, {
      ...(fields.startedAt !== undefined && { startedAt: fields.startedAt }),
      ...(fields.source !== undefined && { recordingSource: fields.source }),
    }),
  );
  return { callSid, sid };
}

describe('a list of recordings', () => {
  // It said so, and was by when each was heard of: a recording that the reconciler found a week later came first.
  it('is by when they began, newest first, page by page, each once', async () => {
    const began = [3, 1, 5, 1, 4].map((minutes) => at(10_000 + minutes).toISOString());
    const made: { sid: string; startedAt: string }[] = [];
    for (const startedAt of began) made.push({ sid: (await recorded({ startedAt })).sid, startedAt });
    const seen = (await allPages('/v1/recordings?limit=2', 'recordings')).filter((sid) =>
      made.some((each) => each.sid === sid),
    );
    const expected = made.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt) || b.sid.localeCompare(a.sid));
    expect(seen).toEqual(expected.map(({ sid }) => sid));
  });

  it.each([
    ['+14155550199', '%2B1%20(415)%20555-0199'],
    ['+14155550198', '+14155550198'],
    ['+442071838750', '0044%2020%207183%208750'],
    ['sip:someone@example.com', 'sip:someone@example.com'],
  ])('finds who was on the line, %s, by the spelling %s', async (from, spelling) => {
    const { sid } = await recorded({ from });
    await recorded({ from: '+14155550111' });
    const conference = newSid('CF');
    const { sid: ofConference } = await recorded({ from, conferenceSid: conference });
    expect((await listed(`number=${spelling}`)).toSorted()).toEqual([sid, ofConference].toSorted());
    expect(await listed(`number=${spelling}&conferenceSid=${conference}`)).toEqual([ofConference]);
  });

  // Nothing was found, which reads as if nothing were held on a person.
  it.each(['4155550199', '(415) 555-0199'])('asks for the country of the number %s', async (number) => {
    const { status, json } = await api.send(`/v1/recordings?number=${encodeURIComponent(number)}`);
    expect(status).toBe(400);
    expect(json.detail).toContain('give a telephone number with its country, such as +14155550100');
  });

  it('finds those of a call, of a source and of a time', async () => {
    const startedAt = at(50_000).toISOString();
    const { sid, callSid } = await recorded({ startedAt, source: 'DialVerb' });
    await recorded({ source: 'RecordVerb' });
    expect(await listed(`callSid=${callSid}`)).toEqual([sid]);
    expect(await listed('source=DialVerb')).toEqual([sid]);
    expect(await listed(`since=${startedAt}`)).toEqual([sid]);
    expect(await listed(`until=${startedAt}`)).not.toContain(sid);
    // The same moment as another zone tells it.
    const elsewhere = startedAt.replace('Z', '%2B00:00');
    expect(await listed(`since=${elsewhere}&until=${at(50_001).toISOString()}`)).toEqual([sid]);
    expect(await listed(`accountSid=${newSid('AC')}`)).toEqual([]);
  });
});

describe('a list of calls', () => {
  it('has every leg once, the latest change first, with how many recordings it has', async () => {
    const number = '+14155550777';
    const legs = [newSid('CA'), newSid('CA'), newSid('CA')];
    for (const [index, callSid] of legs.entries()) {
      await api.test.take(
        legReported(callSid, { to: number, occurredAt: at(100 + index).toISOString(), direction: 'outbound-dial' }),
      );
    }
    await api.test.take(recordingCompleted(newSid('RE'), { callSid: legs[1] ?? '' }));
    const path = `/v1/calls?limit=1&number=${encodeURIComponent(number)}`;
    expect(await allPages(path, 'calls')).toEqual(legs.toReversed());
    const { json } = await api.send(`/v1/calls?number=${encodeURIComponent(number)}&direction=outbound-dial`);
    expect(json.calls[1]).toMatchObject({ accountSid: ACCOUNT, callSid: legs[1], to: number, recordings: 1 });
    expect((await api.send(`/v1/calls?number=${encodeURIComponent(number)}&status=busy`)).json.calls).toEqual([]);
  });

  it('finds those of a conference, and a call tells who joined and what happened when', async () => {
    const conference = newSid('CF');
    const [one, other] = [newSid('CA'), newSid('CA')];
    for (const callSid of [one, other]) await api.test.take(legReported(callSid), joined(conference, callSid));
    const { json } = await api.send(`/v1/calls?conferenceSid=${conference}`);
    expect(sidsIn(json.calls).toSorted()).toEqual([one, other].toSorted());
    const call = (await api.send(`/v1/calls/${one}`)).json;
    expect(call.participants.map(({ callSid }: { callSid: string }) => callSid).toSorted()).toEqual(
      [one, other].toSorted(),
    );
    const timeline = call.timeline as { at: string; what: string }[];
    expect(timeline.map(({ what }) => what)).toEqual(['joined', 'joined', 'completed']);
    expect(timeline.map(({ at: moment }) => moment)).toEqual(timeline.map(({ at: moment }) => moment).toSorted());
  });
});

describe('a cursor', () => {
  it('of another list, or changed, is refused', async () => {
    await recorded();
    await recorded();
    const { next } = (await api.send('/v1/recordings?limit=1')).json;
    const [first] = next;
    for (const path of [
      `/v1/calls?cursor=${next}`,
      `/v1/recordings?cursor=${first === 'A' ? 'B' : 'A'}${next.slice(1)}`,
    ]) {
      const { status, json } = await api.send(path);
      expect({ status, detail: json.detail }).toEqual({ status: 400, detail: expect.stringContaining('cursor') });
    }
  });
});

describe('an ETag', () => {
  it('spares whoever knows a thing already its body, until it changes', async () => {
    const { callSid, sid } = await recorded();
    for (const path of [`/v1/recordings/${sid}`, `/v1/calls/${callSid}`]) {
      const { etag } = await api.send(path);
      expect(etag).toMatch(/^"[\w-]{43}"$/);
      for (const known of [etag ?? '', `W/${etag}`, `"other", ${etag}`, '*']) {
        const again = await api.send(path, { headers: { 'if-none-match': known } });
        expect(again).toMatchObject({ status: 304, text: '', etag });
      }
      const party = path.startsWith('/v1/calls') ? 'called' : 'caller';
      await api.test.take(consentOf({ callSid }, 'granted', { party }));
      const changed = await api.send(path, { headers: { 'if-none-match': etag ?? '' } });
      expect({ status: changed.status, isOther: changed.etag !== etag }).toEqual({ status: 200, isOther: true });
    }
  });
});
