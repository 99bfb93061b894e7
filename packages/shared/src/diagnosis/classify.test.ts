import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnosis } from '../events/diagnosis.ts';
import { catalogue, findEntry } from './catalogue.ts';
import { classify } from './classify.ts';

describe('a call', () => {
  it.each([
    [{ callStatus: 'completed' }],
    [{ callStatus: 'completed', sipResponseCode: 200 }],
    [{ callStatus: 'ringing', sipResponseCode: 480 }],
    [{ dialCallStatus: 'answered' }],
    [{}],
  ])('that went well, or still goes on, needs no explanation: %j', (symptoms) => {
    expect(classify(symptoms)).toBeUndefined();
  });

  it.each([
    ['the response where there is no code', { callStatus: 'failed', sipResponseCode: 404 }, 'sip:404'],
    ['the status where there is nothing else', { callStatus: 'failed' }, 'call:failed'],
    ['what the Dial said', { callStatus: 'completed', dialCallStatus: 'busy' }, 'dial:busy'],
    ['a code that ends calls', { callStatus: 'failed', sipResponseCode: 503, errorCodes: ['32001'] }, 'twilio:32001'],
    ['the worst of several codes', { callStatus: 'failed', errorCodes: ['13214', '13224', '12200'] }, 'twilio:13224'],
    ['an error before a warning', { callStatus: 'completed', errorCodes: ['32014', '11200'] }, 'twilio:11200'],
    [
      'the called party, whatever a webhook did',
      { callStatus: 'busy', sipResponseCode: 486, errorCodes: ['11200'] },
      'sip:486',
    ],
    [
      'the called party, where a limit was warned of',
      { callStatus: 'no-answer', sipResponseCode: 480, errorCodes: ['32001'] },
      'sip:480',
    ],
    [
      'a code about the called party',
      { callStatus: 'busy', sipResponseCode: 486, errorCodes: ['34002'] },
      'twilio:34002',
    ],
    [
      'the response, where the code is a warning',
      { callStatus: 'failed', sipResponseCode: 408, errorCodes: ['32011'] },
      'sip:408',
    ],
    ['a warning that may end calls before the status', { callStatus: 'failed', errorCodes: ['32011'] }, 'twilio:32011'],
    // A warning of a trunk was once called the cause of a call that its caller had cancelled.
    [
      'a caller who hung up, whatever was warned of',
      { callStatus: 'canceled', errorCodes: ['32011'] },
      'call:canceled',
    ],
    ['a line that was busy, whatever was warned of', { dialCallStatus: 'busy', errorCodes: ['13214'] }, 'dial:busy'],
    ['nobody there, whatever a webhook did', { callStatus: 'no-answer', errorCodes: ['11200'] }, 'call:no-answer'],
    ['a limit, where nobody answered', { callStatus: 'no-answer', errorCodes: ['32001'] }, 'twilio:32001'],
    [
      'a warning about the caller ID before a bare refusal',
      { callStatus: 'failed', sipResponseCode: 403, errorCodes: ['13214'] },
      'twilio:13214',
    ],
    ['no text message', { callStatus: 'failed', sipResponseCode: 480, errorCodes: ['30003'] }, 'sip:480'],
    ['no warning that ends nothing', { callStatus: 'failed', errorCodes: ['13256', '15003'] }, 'call:failed'],
    [
      'a trunk’s message by its words',
      { callStatus: 'failed', sipResponseCode: 503, texts: ['503 Trunk CPS limit exceeded'] },
      'trunk:calls-per-second',
    ],
    ['a trunk’s response by its number', { callStatus: 'failed', sipResponseCode: 415, isTrunk: true }, 'trunk:codec'],
    ['no trunk where there is none', { callStatus: 'failed', sipResponseCode: 603 }, 'sip:603'],
  ])('is explained by %s', (_, symptoms, key) => {
    expect(classify(symptoms)).toMatchObject({ key, isKnown: true, catalogueVersion: catalogue.version });
  });

  it('that ended with 487 timed out or was cancelled, as its status says', () => {
    const [timedOut, canceled] = ['no-answer', 'canceled'].map((callStatus) =>
      classify({ callStatus, sipResponseCode: 487 }),
    );
    expect(timedOut?.cause).toMatch(/timeout/);
    expect(canceled).toMatchObject({ cause: expect.stringMatching(/hung up/), retry: { helps: 'not-needed' } });
  });

  it('keeps everything that was looked at as evidence', () => {
    const found = classify({ callStatus: 'failed', sipResponseCode: 503, errorCodes: ['32011', '99999', '32011'] });
    expect(found?.evidence).toEqual(['sip:503', 'twilio:32011', 'call:failed', 'twilio:99999']);
  });
});

describe('what the catalogue does not know', () => {
  it('is said to be unknown, with Twilio’s page about it', () => {
    expect(classify({ errorCodes: ['99999'] })).toMatchObject({
      key: 'twilio:99999',
      isKnown: false,
      retry: { helps: 'unknown' },
      page: 'https://www.twilio.com/docs/api/errors/99999',
    });
  });

  it('does not hide what it knows', () => {
    expect(classify({ callStatus: 'failed', sipResponseCode: 699 })).toMatchObject({ key: 'call:failed' });
    expect(classify({ callStatus: 'failed', sipResponseCode: 404, errorCodes: ['99999'] })).toMatchObject({
      key: 'sip:404',
    });
  });

  it('makes no address of what is no code', () => {
    expect(classify({ errorCodes: ['../../evil'] })).not.toHaveProperty('page');
  });
});

it('whatever the symptoms, the diagnosis fits its contract, and is of something that was there', () => {
  const text = fc.oneof(fc.string(), fc.constantFrom('failed', 'busy', 'no-answer', 'canceled', 'completed'));
  const codes = fc.oneof(
    fc.string({ minLength: 1 }),
    fc.constantFrom(...catalogue.entries.map(({ key }) => key.replace(/^\w+:/, ''))),
  );
  const symptoms = fc.record(
    {
      callStatus: text,
      sipResponseCode: fc.integer(),
      errorCodes: fc.array(codes),
      dialCallStatus: text,
      texts: fc.array(fc.string()),
      isTrunk: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(symptoms, (given) => {
      const found = classify(given);
      if (found === undefined) return;
      expect(diagnosis.parse(found)).toEqual(found);
      expect(found.evidence[0]).toBe(found.key);
      expect(found.isKnown).toBe(findEntry(found.key) !== undefined);
    }),
  );
});
