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
  expect(twiml).toContain(`action="${BASE}/voice/consent"`);
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
