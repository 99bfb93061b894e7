import { CloudEvent, Kafka } from 'cloudevents';
import { describe, expect, it } from 'vitest';
import { readExample } from './contract/files.ts';
import { fromRecord, InvalidEventError, openRecord, toRecord, UnknownEventError } from './kafka-binding.ts';
import { EVENT_DEFINITIONS, type OnrecordEvent } from './registry.ts';

const types = EVENT_DEFINITIONS.map(({ type }) => type);
const golden = (type: string) => readExample(type) as unknown as OnrecordEvent;
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const sample = toRecord(golden('onrecord.call.status-changed.v1'));

describe.each(types)('%s on the event log', (type) => {
  const event = golden(type);

  it('comes back as it went', () => {
    const record = toRecord(event);
    expect(fromRecord(record)).toEqual(event);
    expect(record.key).toBe(event.subject);
  });

  it('keeps fields that this version does not know, at every depth', () => {
    const data = withUnknownFields(event.data) as OnrecordEvent['data'];
    const read = fromRecord({ ...toRecord(event), value: json(data) });
    expect(read.data).toEqual(data);
    expect(fromRecord(toRecord(read))).toEqual(read);
  });

  it('is read by the cloudevents package as the same event', () => {
    const { headers, value } = toRecord(event);
    const message = { key: event.subject, headers, value: Buffer.from(value).toString(), body: '' };
    const read = Kafka.toEvent(message) as CloudEvent<unknown>;
    // The package writes times with milliseconds, and the record's key as an attribute.
    const time = new Date(event.time).toISOString();
    expect(JSON.parse(JSON.stringify(read))).toEqual({ ...event, time, partitionkey: event.subject });
  });

  it('is read from what the cloudevents package writes', () => {
    const message = Kafka.binary(new CloudEvent(event as ConstructorParameters<typeof CloudEvent>[0]));
    const headers = message.headers as Record<string, string>;
    expect(fromRecord({ headers, value: json(message.value) })).toEqual(event);
  });
});

describe('a record that is not an event of the contract', () => {
  it.each(['onrecord.call.status-changed.v2', 'com.example.other', 'toString'])(
    'is unknown when its type is %s, and is never read as a version that is known',
    (type) => {
      expect(() => fromRecord({ ...sample, headers: { ...sample.headers, ce_type: type } })).toThrow(UnknownEventError);
    },
  );

  it.each(['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'content-type'])(
    'is invalid without the header %s',
    (name) => {
      const { [name]: _, ...headers } = sample.headers;
      expect(() => fromRecord({ ...sample, headers })).toThrow(InvalidEventError);
    },
  );

  it.each([
    ['is not JSON', Buffer.from('{"accountSid":')],
    ['is not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['is empty', new Uint8Array()],
    ['is null', json(null)],
    ['does not fit its schema', json({ accountSid: 'AC1' })],
  ])('is invalid when its value %s', (_, value) => {
    expect(() => fromRecord({ ...sample, value })).toThrow(InvalidEventError);
  });

  it.each([
    ['ce_time', 'yesterday'],
    ['ce_specversion', '0.3'],
    ['content-type', 'application/cloudevents+json'],
    ['ce_source', `/accounts/AC${'f'.repeat(32)}`],
  ])('is invalid when its header %s is %s', (name, value) => {
    expect(() => fromRecord({ ...sample, headers: { ...sample.headers, [name]: value } })).toThrow(InvalidEventError);
  });

  it('says what is wrong, field by field', () => {
    expect(() =>
      fromRecord({ ...sample, value: json({ ...golden(sample.headers.ce_type ?? '').data, status: 7 }) }),
    ).toThrow(/not a valid onrecord\.call\.status-changed\.v1: status: /);
  });

  it('is permanent: trying again cannot help', () => {
    expect(new InvalidEventError('x')).toMatchObject({ stage: 'parse', kind: 'permanent' });
    expect(new UnknownEventError('x')).toMatchObject({ stage: 'parse', kind: 'permanent' });
  });
});

describe('an event that is opened', () => {
  it('reads its data once, when it is asked for', () => {
    const event = openRecord(sample);
    expect(event.data).toBe(event.data);
    expect(event.data).toEqual(golden(event.type).data);
    expect(JSON.parse(JSON.stringify(event))).toEqual(golden(event.type));
  });

  it('is refused at once when its type is unknown, and when its data is read when that is invalid', () => {
    expect(() => openRecord({ ...sample, headers: { ...sample.headers, ce_type: 'x' } })).toThrow(UnknownEventError);
    const event = openRecord({ ...sample, value: json({}) });
    expect(event.subject).toBe(sample.key);
    expect(() => event.data).toThrow(InvalidEventError);
  });
});

it('refuses to write an event that is not in the contract', () => {
  const event = { ...golden('onrecord.alert.raised.v1'), type: 'onrecord.alert.raised.v2' };
  expect(() => toRecord(event as unknown as OnrecordEvent)).toThrow(UnknownEventError);
});

/** Adds a field to every object; not to maps of names to strings, whose fields are data. */
function withUnknownFields(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withUnknownFields);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, field]) => [
    name,
    ['parameters', 'details'].includes(name) ? field : withUnknownFields(field),
  ]);
  return { ...Object.fromEntries(fields), addedByALaterVersion: { of: ['the', 1, 'writer'] } };
}
