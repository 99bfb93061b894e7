import { expect, it } from 'vitest';
import type { StoredRecord } from './port.ts';
import { accountIn, settledEvent } from './settled-event.ts';

const ACCOUNT = `AC${'1'.padStart(32, '0')}`;
const AT = new Date('2026-03-01T10:00:00.000Z');

const letter = (headers: Record<string, string>) => {
  const record: StoredRecord = {
    ...{ topic: 'onrecord.telephony.dead-letter', key: 'k', value: new Uint8Array(), headers },
    ...{ partition: 0, offset: 14_155_550_100n, appendedAt: AT },
  };
  return { topic: 'onrecord.telephony', record };
};

it('says of the event what has no phone number in it, and leaves out the rest', () => {
  const headers = { ce_id: `consent:CA1:+14155550100:key`, ce_type: 'onrecord.consent.recorded.v1', ce_subject: '' };
  const { data, subject } = settledEvent(letter(headers), ACCOUNT, 'discarded', { by: 'ada', at: AT });
  expect(data).toEqual({
    ...{ accountSid: ACCOUNT, topic: 'onrecord.telephony', partition: 0, offset: 14_155_550_100 },
    ...{ outcome: 'discarded', settledBy: 'ada', settledAt: AT.toISOString() },
    ...{ eventType: 'onrecord.consent.recorded.v1' },
  });
  expect(subject).toBe('onrecord.telephony/0/14155550100');
});

it.each([
  [`/accounts/${ACCOUNT}`, ACCOUNT],
  [`/accounts/${ACCOUNT}/calls`, undefined],
  ['/accounts/AC1', undefined],
  [undefined, undefined],
])('takes the source %s for the account %s', (source, account) => {
  expect(accountIn(source === undefined ? {} : { ce_source: source })).toBe(account);
});
