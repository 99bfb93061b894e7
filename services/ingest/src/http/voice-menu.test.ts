import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import type { OnrecordEvent } from '@onrecord/shared/events';
import { expect, test } from 'vitest';
import { ingest } from '../testing/ingest-app.ts';
import { ACCOUNT, BASE, get, post, sid } from '../testing/signed-request.ts';
import { exampleFile } from '../testing/voice-example.ts';

const call = { AccountSid: ACCOUNT, CallSid: sid('CA'), From: '+14155550100', To: '+14155550199' };
const voice = exampleFile();
const EVERY_RETRY = '#rc=5&amp;rp=all&amp;ct=2000&amp;rt=4000';
const at = (place: string, consent = 'granted') => `at=${place}&lang=en&consent=${consent}&tries=0`;

const asked = async (path: string, more: Record<string, string> = {}, app = ingest({ voice }).app) =>
  (await app.request(...post(path, { ...call, ...more }))).text();

/** An address out of TwiML, as a path of ours. */
const pathIn = (twiml: string, pattern: RegExp) =>
  (pattern.exec(twiml)?.[1] ?? '').replaceAll('&amp;', '&').slice(BASE.length);

test('a question listens to keys and words in the caller’s language, and speaks in the file’s voice', async () => {
  const twiml = await asked('/voice/inbound', { To: '+493055550199' });
  expect(twiml).toContain('input="dtmf speech"');
  expect(twiml).toContain('language="de-DE" hints="ja,ja bitte,einverstanden,nein,nein danke"');
  expect(twiml).toContain('<Say language="de-DE" voice="Polly.Vicki-Neural">Danke');
  expect(twiml).toContain('numDigits="1" finishOnKey="" ');
  expect(twiml).toContain('actionOnEmptyResult="true"');
});

// The recording began before the notice of it was said.
test('a notice is said before the recording that it is of begins', async () => {
  const { app } = ingest({ voice: exampleFile({ consent: { mode: 'notice-only', prompt: 'consent' } }) });
  expect(await asked('/voice/inbound', {}, app)).toMatch(/<Say[^>]*>Thank.*<\/Say><Start><Recording .*<Gather/);
});

test('a notice is kept as one, once however often the request comes, and is said where it cannot be', async () => {
  const noticing = exampleFile({ consent: { mode: 'notice-only', prompt: 'consent' } });
  const { app, published } = ingest({ voice: noticing });
  await asked('/voice/inbound', {}, app);
  await asked('/voice/inbound', {}, app);
  const [first] = published;
  expect(first).toMatchObject({
    id: expect.stringMatching(new RegExp(`^consent:${sid('CA')}:caller:notice:[0-9a-f]{16}$`)),
    data: {
      outcome: 'granted',
      method: 'notice',
      purposes: ['record', 'transcribe'],
      language: 'en-US',
      party: 'caller',
    },
  });
  expect(new Set(published.map(({ id }) => id)).size).toBe(1);
  const away = () => Promise.reject(new EventLogUnavailableError('the event log is away'));
  const told = await asked('/voice/inbound', {}, ingest({ voice: noticing, publish: away }).app);
  expect(told).toMatch(/<Say[^>]*>Thank.*<\/Say><Start><Recording /);
});

// A call that the account placed sent its text message to the account's own number.
test('a message in a call that was placed goes to whom was called', async () => {
  const none = { menus: {}, destinations: {}, voicemails: {} };
  const start = { message: 'message-taken', end: 'goodbye', from: `MG${'1'.repeat(32)}` };
  const { app, published } = ingest({ voice: exampleFile({ ...none, consent: { mode: 'off' }, start }) });
  await asked('/voice/inbound', { Direction: 'outbound-api', From: call.To, To: call.From }, app);
  const id = `message:${sid('CA')}:chosen-message-taken`;
  expect(published).toMatchObject([{ id, data: { to: call.From, from: start.from } }]);
});

test('a destination rings as long and shows the number that the file says, and how it ends comes back', async () => {
  const destinations = { ...voice.destinations };
  destinations.sales = { ...exampleFile().destinations.sales, callerId: '+14155550199' } as never;
  const app = ingest({ voice: exampleFile({ destinations }) }).app;
  const twiml = await asked(`/voice/menu?${at('menu:main')}`, { Digits: '1' }, app);
  expect(twiml).toContain('<Dial timeout="20" callerId="+14155550199"');
  expect(pathIn(twiml, /<Dial[^>]* action="([^"]+)"/)).toBe(
    '/voice/dial-result?at=destination%3Asales&lang=en&consent=granted&tries=0',
  );
  expect(twiml).toContain(`statusCallback="${BASE}/webhooks/voice/status${EVERY_RETRY}"`);
});

test('a message may be so long, ends with a key, and its every event comes back', async () => {
  const twiml = await asked(`/voice/dial-result?${at('destination:sales')}`, { DialCallStatus: 'no-answer' });
  expect(twiml).toContain('<Record maxLength="120" timeout="5" finishOnKey="#" playBeep="true" trim="do-not-trim"');
  expect(twiml).toContain(`recordingStatusCallback="${BASE}/webhooks/recording${EVERY_RETRY}"`);
  expect(twiml).toContain('recordingStatusCallbackEvent="in-progress completed absent"');
  const thanks = await asked(pathIn(twiml, /<Record[^>]* action="([^"]+)"/), { RecordingDuration: '7' });
  expect(thanks).toContain('Thank you. We will call you back.</Say><Hangup/>');
});

test('the answer to a wording that the file has no more is none, and the new one is asked', async () => {
  const before = await asked('/voice/inbound');
  const prompts = { ...voice.prompts, consent: { en: 'May we record?', de: 'Dürfen wir aufzeichnen?' } };
  const { app, published } = ingest({ voice: exampleFile({ prompts }) });
  const twiml = await asked(pathIn(before, /<Gather[^>]* action="([^"]+)"/), { Digits: '1' }, app);
  expect(twiml).toContain('May we record?');
  expect(twiml).not.toContain('<Recording');
  expect(published).toEqual([]);
});

test('a yes is kept with the hash of the wording that was heard, in the caller’s language', async () => {
  const { app, published } = ingest({ voice });
  const placed = { Direction: 'outbound-api', From: '+493055550199', To: '+493055550123' };
  for (const call of [{ To: '+14155550199' }, { To: '+493055550199' }, placed]) {
    const prompt = await asked('/voice/inbound', call, app);
    await asked(pathIn(prompt, /<Gather[^>]* action="([^"]+)"/), { ...call, Digits: '1' }, app);
  }
  const [english, german, called] = published.map(({ data }) => data as { promptVersion: string; language: string });
  expect([english?.language, german?.language]).toEqual(['en-US', 'de-DE']);
  expect(called).toMatchObject({ language: 'de-DE', party: 'called' });
  expect(english?.promptVersion).not.toBe(german?.promptVersion);
});

test('where nobody can be asked whether how a call ended was kept, the caller is led on at once', async () => {
  const { app } = ingest({ voice, publish: () => Promise.reject(new EventLogUnavailableError('no broker')) });
  const told = { DialCallStatus: 'busy', DialCallSid: sid('CA', 'b') };
  expect(await asked(`/voice/dial-result?${at('destination:sales')}`, told, app)).toContain('+14155550143');
});

test('a message that cannot be asked for is asked for again, with how the Dial ended', async () => {
  const after = { busy: { message: 'message-taken', end: 'goodbye' } };
  const only = { start: { destination: 'only' }, menus: {}, voicemails: {} };
  const sending = exampleFile({ ...only, destinations: { only: { number: '+14155550142', after } } });
  const kept: OnrecordEvent[] = [];
  let away = true;
  const publish = async (events: readonly OnrecordEvent[]) => {
    if (away) throw new EventLogUnavailableError('no broker');
    kept.push(...events);
  };
  const { app } = ingest({ voice: sending, publish });
  const first = await asked(`/voice/dial-result?${at('destination:only')}`, { DialCallStatus: 'busy' }, app);
  expect(first).not.toContain('<Say');
  away = false;
  expect(await asked(pathIn(first, /<Redirect[^>]*>([^<]+)</), {}, app)).toContain('Goodbye.');
  expect(kept).toMatchObject([{ id: `message:${sid('CA')}:dial-busy`, data: { to: call.From, from: call.To } }]);
});

test.each(['anonymous', 'client:alice', 'sip:a@b.example', ''])(
  'no message goes to a caller from "%s"',
  async (From) => {
    const start = { message: 'message-taken', end: 'goodbye' };
    const file = exampleFile({ start, menus: {}, destinations: {}, voicemails: {}, consent: { mode: 'off' } });
    const { app, published } = ingest({ voice: file });
    expect(await asked('/voice/inbound', { From }, app)).toContain('Goodbye.');
    expect(published).toEqual([]);
  },
);

test.each(['menu', 'dial-result', 'voicemail'])(
  '/voice/%s answers by GET, and whatever is sent, never a 500',
  async (route) => {
    const { app } = ingest({ voice });
    for (const query of ['', 'at=menu:constructor&lang=__proto__&tries=-1', 'times=x&at=%00', 'at=voicemail:office']) {
      const answer = await app.request(...get(`/voice/${route}`, query));
      expect([200, 400]).toContain(answer.status);
    }
  },
);

// It became part of an event's id, of any length.
test('how a dialled leg ended is a word, as every status is', async () => {
  const { app, published } = ingest({ voice });
  const told = { ...call, DialCallSid: `CA${'7'.repeat(32)}`, DialCallStatus: 'x'.repeat(101) };
  const answer = await app.request(...post(`/voice/dial-result?${at('destination:sales')}`, told));
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ parameter: 'DialCallStatus' });
  expect(published).toEqual([]);
});
