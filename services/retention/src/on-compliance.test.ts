import { createEvent, deadLetterSettled, holdReleased, type OnrecordEvent } from '@onrecord/shared/events';
import { openRecord, toRecord } from '@onrecord/shared/events/kafka-binding';
import { expect, it } from 'vitest';
import { onCompliance } from './on-compliance.ts';

const accountSid = `AC${'1'.padStart(32, '0')}`;
const time = '2026-03-01T10:00:00.000Z';

async function recorded(event: OnrecordEvent): Promise<string[]> {
  const types: string[] = [];
  const record = async ({ type }: OnrecordEvent) => {
    types.push(type);
    return { isNew: true, isForgotten: false, touched: [], later: 0 };
  };
  await onCompliance(event, { ledger: { record } });
  return types;
}

it('records that a dead letter was settled', async () => {
  const place = { topic: 'onrecord.media', partition: 0, offset: 1 };
  const event = createEvent(
    deadLetterSettled,
    { accountSid, ...place, outcome: 'replayed', settledBy: 'ada', settledAt: time },
    { time },
  );
  expect(await recorded(event)).toEqual([deadLetterSettled.type]);
});

it('passes over what retention itself tells there, without reading it', async () => {
  const told = { accountSid, holdId: 'h', releasedBy: 'x', releasedAt: time };
  const record = toRecord(createEvent(holdReleased, told, { time }));
  expect(await recorded(openRecord({ ...record, value: Buffer.from('not even JSON') }))).toEqual([]);
});
