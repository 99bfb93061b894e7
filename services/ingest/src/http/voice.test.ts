import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { describe, expect, test } from 'vitest';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, BASE, get, post, sid } from '../testing/signed-request.ts';

const call = { AccountSid: ACCOUNT, CallSid: sid('CA'), From: '+14155550100', To: '+14155550101' };
const dialTo = '+14155550142';
/** The most that Twilio offers: five retries after any failure. */
const EVERY_RETRY = '#rc=5&amp;rp=all&amp;ct=2000&amp;rt=4000';

test('asks for consent, and sends the answer to an absolute address, also when there is none', async () => {
  const answer = await ingest({ dialTo }).app.request(...post('/voice/inbound', call));
  expect(answer.headers.get('content-type')).toContain('text/xml');
  const twiml = await answer.text();
  expect(twiml).toMatch(new RegExp(`action="${BASE}/voice/consent\\?visit=[0-9a-f]{16}&amp;`));
  expect(twiml).toContain('actionOnEmptyResult="true"');
  expect(twiml).toContain('numDigits="1"');
});

test('asks by GET as well', async () => {
  const answer = await ingest({ dialTo }).app.request(...get('/voice/inbound', new URLSearchParams(call).toString()));
  expect(await answer.text()).toContain('<Gather');
});

describe('the answer', () => {
  test.each([
    ['1', 'granted', true],
    ['2', 'refused', false],
    ['', undefined, false],
    ['7', undefined, false],
    ['constructor', undefined, false],
  ])('"%s" is %s, and the call is recorded: %s', async (Digits, outcome, recorded) => {
    const { app, published } = ingest({ dialTo });
    const twiml = await (await app.request(...post('/voice/consent', { ...call, Digits }))).text();
    expect(twiml.includes('<Recording')).toBe(recorded);
    expect(twiml).toContain(dialTo);
    expect(published.map((event) => event.data)).toEqual(
      outcome === undefined
        ? []
        : [expect.objectContaining({ outcome, callSid: sid('CA'), party: 'caller', method: 'key-press' })],
    );
  });

  // The answer of whom the account had called was kept as that of the caller, who was the account itself.
  test('is of the person called, in a call that the account placed', async () => {
    const { app, published } = ingest({ dialTo });
    const Direction = 'outbound-api';
    await app.request(...post('/voice/consent', { ...call, Direction, Digits: '1' }));
    expect(published).toMatchObject([{ id: `consent:${sid('CA')}:called:key-press:1`, data: { party: 'called' } }]);
  });

  test('says which wording in which language was agreed to, for which purposes', async () => {
    const { app, published } = ingest({ dialTo });
    await app.request(...post('/voice/consent', { ...call, Digits: '1' }));
    expect(published[0]).toMatchObject({
      id: `consent:${sid('CA')}:caller:key-press:1`,
      data: { promptVersion: expect.stringMatching(/^[0-9a-f]{16}$/), language: 'en-US' },
    });
    expect(published[0]?.data).toMatchObject({ purposes: ['record', 'transcribe'] });
  });

  test('starts a recording on two channels whose every event comes back, and a call whose every status does', async () => {
    const { app } = ingest({ dialTo });
    const twiml = await (await app.request(...post('/voice/consent', { ...call, Digits: '1' }))).text();
    expect(twiml).toContain('channels="dual"');
    expect(twiml).toContain('trim="do-not-trim"');
    expect(twiml).toContain(`recordingStatusCallback="${BASE}/webhooks/recording${EVERY_RETRY}"`);
    expect(twiml).toContain('recordingStatusCallbackEvent="in-progress completed absent"');
    expect(twiml).toContain(`statusCallback="${BASE}/webhooks/voice/status${EVERY_RETRY}"`);
    expect(twiml).toContain('statusCallbackEvent="initiated ringing answered completed"');
  });

  // The application led the caller back to the prompt; the last no had the id of the first, was taken for its repetition, and the
  // yes between them stood.
  test('no, then yes, then no is three answers, and each of them is one however often Twilio repeats it', async () => {
    const { app, published } = ingest({ dialTo });
    const press = async (Digits: string) => {
      const prompt = await (await app.request(...post('/voice/inbound', call))).text();
      const action = actionOf(prompt);
      await app.request(...post(action, { ...call, Digits }));
      await app.request(...post(action, { ...call, Digits }));
    };
    for (const digits of ['2', '1', '2']) await press(digits);
    const ids = published.map(({ id }) => id);
    expect(published.map(({ data }) => (data as { outcome: string }).outcome).join(' ')).toBe(
      'refused refused granted granted refused refused',
    );
    expect(ids.filter((_, at) => at % 2 === 0)).toEqual(ids.filter((_, at) => at % 2 === 1));
    expect(new Set(ids).size).toBe(3);
  });

  test.each(['', 'abc', '0123456789abcdeg', `key:${'0'.repeat(12)}`])(
    'on a visit that no prompt of ours names, "%s", is refused',
    async (visit) => {
      const { app, published } = ingest({ dialTo });
      const path = `/voice/consent?${new URLSearchParams({ visit })}`;
      const answer = await app.request(...post(path, { ...call, Digits: '1' }));
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ parameter: 'visit' });
      expect(published).toEqual([]);
    },
  );

  test('to a visit cannot be moved to another: the signature covers it', async () => {
    const [, init] = post('/voice/consent?visit=0123456789abcdef', { ...call, Digits: '1' });
    const answer = await ingest({ dialTo }).app.request(
      'http://internal:8080/voice/consent?visit=fedcba9876543210',
      init,
    );
    expect(answer.status).toBe(403);
  });

  test('that is sent again because it could not be kept stays the answer of its visit', async () => {
    let away = true;
    const kept: OnrecordEvent[] = [];
    const publish = async (events: readonly OnrecordEvent[]) => {
      if (away) throw new EventLogUnavailableError('no broker');
      kept.push(...events);
    };
    const { app } = ingest({ dialTo, publish });
    const action = actionOf(await (await app.request(...post('/voice/inbound', call))).text());
    const unkept = await (await app.request(...post(action, { ...call, Digits: '2' }))).text();
    away = false;
    await app.request(...post(action, { ...call, Digits: '2' }));
    await app.request(...post(redirectOf(unkept), call));
    expect(kept).toHaveLength(2);
    expect(new Set(kept.map(({ id }) => id)).size).toBe(1);
  });

  // A refusal that was answered and lost left the call "unknown", from which somebody could release it later.
  test.each(['1', '2'])(
    '"%s" that cannot be kept is sent again, and is kept once the event log is back',
    async (digits) => {
      let away = true;
      const kept: OnrecordEvent[] = [];
      const publish = async (events: readonly OnrecordEvent[]) => {
        if (away) throw new EventLogUnavailableError('no broker');
        kept.push(...events);
      };
      const { app } = ingest({ dialTo, publish });
      const first = await (await app.request(...post('/voice/consent', { ...call, Digits: digits }))).text();
      expect(first).not.toContain('<Dial');
      away = false;
      const second = await (await app.request(...post(redirectOf(first), call))).text();
      expect(kept).toMatchObject([
        { data: { outcome: digits === '1' ? 'granted' : 'refused', reference: `key-press:${digits}` } },
      ]);
      expect(second.includes('<Recording')).toBe(digits === '1');
    },
  );

  test('that cannot be kept in the end is no consent: the caller is connected and not recorded', async () => {
    const { app } = ingest({ dialTo, publish: () => Promise.reject(new EventLogUnavailableError('no broker')) });
    let twiml = await (await app.request(...post('/voice/consent', { ...call, Digits: '1' }))).text();
    for (let again = 0; again < 2; again += 1)
      twiml = await (await app.request(...post(redirectOf(twiml), call))).text();
    expect(twiml).toContain(dialTo);
    expect(twiml).not.toContain('<Recording');
  });
});

/** Where a prompt sends the answer, as a path of ours. */
const actionOf = (twiml: string) =>
  (/<Gather[^>]* action="([^"]+)"/.exec(twiml)?.[1] ?? '').replaceAll('&amp;', '&').slice(BASE.length);

/** Where a document sends the call next, as a path of ours. */
const redirectOf = (twiml: string) =>
  (/<Redirect[^>]*>([^<]+)</.exec(twiml)?.[1] ?? '').replaceAll('&amp;', '&').slice(BASE.length);

test.each(['/voice/inbound', '/voice/consent'])('%s says which setting turns it on', async (path) => {
  const answer = await ingest().app.request(...post(path, call));
  expect(answer.status).toBe(404);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await answer.text()).toContain('VOICE_DIAL_TO');
});

test('an unsigned caller gets no prompt', async () => {
  const answer = await ingest({ dialTo }).app.request(...post('/voice/inbound', call, { token: 'another' }));
  expect(answer.status).toBe(403);
});
