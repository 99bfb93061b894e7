import { describe, expect, it } from 'vitest';
import type { Alert } from './domain/alert.ts';
import { type CallEvidence, explainCall } from './explain-call.ts';
import { tellCall } from './tell-call.ts';

const sid = (digit: string) => `CA${digit.repeat(32)}`;
const [PARENT, CHILD, OTHER] = [sid('a'), sid('b'), sid('c')];
const AT = new Date('2026-03-01T10:00:00Z');

const leg = (callSid: string, status: string, more: object = {}): CallEvidence['legs'][number] => ({
  accountSid: `AC${'0'.repeat(32)}`,
  callSid,
  status,
  statusAt: AT,
  codes: [],
  ...more,
});
const child = (callSid: string, status: string, more: object = {}) =>
  leg(callSid, status, { parentCallSid: PARENT, ...more });
const alert = (callSid: string, errorCode: string, more: Partial<Alert> = {}): Alert => ({
  alertSid: `NO${errorCode.padStart(32, '0')}`,
  callSid,
  level: 'warning',
  errorCode,
  details: {},
  raisedAt: AT,
  ...more,
});

const explain = (legs: CallEvidence['legs'], alerts: Alert[] = [], callSid = PARENT) =>
  explainCall({ callSid, legs, alerts });

describe('the cause of a call', () => {
  it.each([
    ['its own end', explain([leg(PARENT, 'failed', { sipResponseCode: 404 })]), 'sip:404', PARENT],
    ['the leg that it dialled', explain([leg(PARENT, 'completed'), child(CHILD, 'busy')]), 'call:busy', CHILD],
    [
      'the last leg that it dialled in vain',
      explain([leg(PARENT, 'completed'), child(CHILD, 'busy'), child(OTHER, 'no-answer')]),
      'call:no-answer',
      OTHER,
    ],
    [
      'a code that its callback carried',
      explain([leg(PARENT, 'failed', { codes: ['32001'] })]),
      'twilio:32001',
      PARENT,
    ],
    ['an alert about it', explain([leg(PARENT, 'completed')], [alert(PARENT, '11200')]), 'twilio:11200', PARENT],
    [
      'an alert about the Dial, which is filed under the leg that dialled',
      explain([leg(PARENT, 'completed'), child(CHILD, 'failed')], [alert(PARENT, '13224')]),
      'twilio:13224',
      CHILD,
    ],
    ['alerts, where no status was ever reported', explain([], [alert(PARENT, '13227')]), 'twilio:13227', PARENT],
  ])('is %s', (_, { diagnosis, causedBy }, key, by) => {
    expect({ key: diagnosis?.key, causedBy }).toEqual({ key, causedBy: by });
  });

  // Three phones rang and one was picked up: the call was explained by the two that Twilio stopped ringing.
  it('is none where another leg was faster', () => {
    const { diagnosis, legs } = explain([
      leg(PARENT, 'completed'),
      child(CHILD, 'canceled', { sipResponseCode: 487 }),
      child(OTHER, 'completed'),
    ]);
    expect(diagnosis).toBeUndefined();
    expect(legs[1]?.diagnosis?.key).toBe('sip:487');
  });

  it('of a dialled leg is its own, whoever asks', () => {
    const found = explain([leg(PARENT, 'completed'), child(CHILD, 'busy'), child(OTHER, 'completed')], [], CHILD);
    expect(found).toMatchObject({ causedBy: CHILD, diagnosis: { key: 'call:busy' } });
  });
});

describe('the explanation', () => {
  const tell = (legs: CallEvidence['legs'], alerts: Alert[] = []) => tellCall(PARENT, explain(legs, alerts)).join('\n');

  it('says what happened, why, whether to try again, what to do, and by which evidence', () => {
    const text = tell(
      [leg(PARENT, 'completed', { durationSeconds: 9 }), child(CHILD, 'busy', { sipResponseCode: 486 })],
      [alert(PARENT, '12200', { text: 'Attribute nonsense is not allowed' })],
    );
    expect(text.split('\n')).toEqual([
      `${PARENT} ended as completed after 9 s.`,
      `${CHILD}, dialled by ${PARENT}, ended as busy, with SIP 486 (Busy Here).`,
      expect.stringMatching(
        /^Twilio raised the warning 12200 \(Schema validation warning\) about CAa{32} at .*: Attribute nonsense/,
      ),
      `Most likely cause: The called party is busy. It is about ${CHILD}.`,
      expect.stringMatching(/^Trying again later can help\./),
      expect.stringMatching(/^What to do: Try another number/),
    ]);
  });

  it('says that nothing went wrong, or nothing so far', () => {
    expect(tell([leg(PARENT, 'completed')])).toMatch(/Nothing went wrong that Twilio reported/);
    expect(tell([leg(PARENT, 'ringing')])).toMatch(/is ringing\.\nNothing went wrong so far/);
  });

  it('says of a code that it is unknown, and where Twilio explains it', () => {
    const text = tell([leg(PARENT, 'completed')], [alert(PARENT, '98765')]);
    expect(text).toMatch(/98765, which is unknown here/);
    expect(text).toMatch(/The cause is unknown\. .*https:\/\/www\.twilio\.com\/docs\/api\/errors\/98765/);
    expect(text).toMatch(/Whether trying again helps is unknown/);
  });

  it('contradicts what is widely said of a code', () => {
    const text = tell([leg(PARENT, 'failed')], [alert(PARENT, '13201', { level: 'error' })]);
    expect(text).toMatch(/Trying again does not help/);
    expect(text).toMatch(/You may read: “.*carrier.*” That is wrong\. It is a mistake in the TwiML/);
  });
});
