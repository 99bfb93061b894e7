import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  instant,
  number,
  optionalSid,
  ParameterError,
  requiredAccount,
  requiredSid,
  requiredStatus,
  wholeNumber,
} from './parameters.ts';
import { readCallStatus } from './read-call-status.ts';
import { readConsent } from './read-consent.ts';
import { readParticipant } from './read-participant.ts';
import { readRecording } from './read-recording.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const CALL = `CA${'0123456789abcdef'.repeat(2)}`;
const RECEIVED_AT = '2026-11-21T10:00:00.000Z';

describe('a number', () => {
  test.each([
    ['5', 5],
    ['0', 0],
    ['1.5', 1.5],
    ['', undefined],
    ['-1', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['1e9', undefined],
    ['0x10', undefined],
    [' 5', undefined],
    ['9999999999999', undefined],
  ])('%j is %s', (text, value) => {
    expect(number({ RecordingDuration: text }, 'RecordingDuration')).toBe(value);
  });

  test('that must be whole is not rounded', () => {
    expect(wholeNumber({ SequenceNumber: '1.5' }, 'SequenceNumber')).toBeUndefined();
    expect(wholeNumber({}, 'SequenceNumber')).toBeUndefined();
  });

  // The ledger has 32 bits for it, and gave the whole fact up.
  test('that must be whole is left alone where it is larger than the ledger can keep', () => {
    expect(wholeNumber({ ErrorCode: '2147483647' }, 'ErrorCode')).toBe(2_147_483_647);
    expect(wholeNumber({ ErrorCode: '2147483648' }, 'ErrorCode')).toBeUndefined();
  });
});

test('a status is any word, but not a text: it is part of what the fact is found by', () => {
  expect(requiredStatus({ CallStatus: 'levitating' }, 'CallStatus')).toBe('levitating');
  expect(() => requiredStatus({ CallStatus: 'x'.repeat(101) }, 'CallStatus')).toThrow(/^CallStatus /);
});

describe('a time', () => {
  test.each([
    ['Tue, 28 May 2019 02:18:02 +0000', '2019-05-28T02:18:02.000Z'],
    ['Tue, 28 May 2019 04:18:02 +0200', '2019-05-28T02:18:02.000Z'],
    ['2019-05-28T02:18:02Z', '2019-05-28T02:18:02.000Z'],
    ['', undefined],
    ['yesterday', undefined],
    ['Thu, 01 Jan 1970 00:00:00 +0000', undefined],
    ['+275760-09-13T00:00:00Z', undefined],
  ])('%j is %s', (text, value) => {
    expect(instant({ Timestamp: text }, 'Timestamp')).toBe(value);
  });
});

describe('a SID', () => {
  test('is taken as Twilio wrote it', () => {
    expect(requiredSid({ CallSid: CALL }, 'CallSid', 'CA')).toBe(CALL);
    expect(optionalSid({ CallSid: '' }, 'CallSid', 'CA')).toBeUndefined();
  });

  test.each([
    '',
    'CA',
    CALL.slice(1),
    `${CALL}0`,
    `${CALL}\n`,
    CALL.replace('CA', 'RE'),
    `CA${'g'.repeat(32)}`,
    '../..',
  ])('%j is refused by its name', (value) => {
    expect(() => requiredSid({ CallSid: value }, 'CallSid', 'CA')).toThrow(/^CallSid /);
  });

  // A consent recorded for CA…ABC was kept under that spelling, and never met the call that Twilio reported as CA…abc.
  test.each([CALL.toUpperCase(), CALL.toLowerCase()])('%s is brought to Twilio’s spelling', (value) => {
    expect(requiredSid({ CallSid: value }, 'CallSid', 'CA')).toBe(CALL);
  });

  test('of another account is refused, of this one in other letters is not', () => {
    const served = ACCOUNT;
    expect(requiredAccount({ AccountSid: `AC${'A'.repeat(32)}` }, served)).toBe(served);
    expect(() => requiredAccount({ AccountSid: `AC${'b'.repeat(32)}` }, served)).toThrow(ParameterError);
  });
});

test('whatever the parameters, reading them ends in a fact with all of them, or names the one at fault', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'CallStatus',
      'RecordingStatus',
      'StatusCallbackEvent',
      'Timestamp',
      'Digits',
      'ErrorCode',
      '__proto__',
    ),
    fc.string(),
  );
  const sids = {
    AccountSid: ACCOUNT,
    CallSid: CALL,
    RecordingSid: `RE${'1'.repeat(32)}`,
    ConferenceSid: `CF${'2'.repeat(32)}`,
  };
  const readers = [
    (parameters: Record<string, string>) => readRecording(parameters, ACCOUNT),
    (parameters: Record<string, string>) => readCallStatus(parameters, ACCOUNT, RECEIVED_AT),
    (parameters: Record<string, string>) => readParticipant(parameters, ACCOUNT, RECEIVED_AT),
    (parameters: Record<string, string>) =>
      readConsent(
        parameters,
        ACCOUNT,
        RECEIVED_AT,
        { version: 'v', language: 'en-US' },
        { outcome: 'granted', method: 'key-press' },
      ) && undefined,
  ];
  fc.assert(
    fc.property(fc.dictionary(name, fc.string()), fc.boolean(), (random, isComplete) => {
      const parameters = isComplete ? { ...random, ...sids } : random;
      for (const read of readers) {
        try {
          const fact = read(parameters);
          if (fact !== undefined) expect(fact.parameters).toEqual(parameters);
        } catch (error) {
          if (!(error instanceof ParameterError)) throw error;
          expect(error.message.startsWith(error.parameter)).toBe(true);
        }
      }
    }),
  );
});
