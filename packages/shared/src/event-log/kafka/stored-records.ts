import type { EachBatchPayload, IHeaders, KafkaMessage } from 'kafkajs';
import type { StoredRecord } from '../port.ts';

const NOTHING = new Uint8Array();

export function toStoredRecords({ topic, partition, messages }: EachBatchPayload['batch']): StoredRecord[] {
  return messages.map((message: KafkaMessage) => ({
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString() ?? '',
    // Records without a value are not ours: an event reader refuses them as it refuses an empty one.
    value: message.value ?? NOTHING,
    headers: toTexts(message.headers ?? {}),
    appendedAt: new Date(Number(message.timestamp)),
  }));
}

/** Of a header that is there more than once, the last one counts, as for every reader that asks Kafka for one value. */
function toTexts(headers: IHeaders): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    texts[name] = (Array.isArray(value) ? value.at(-1) : value)?.toString() ?? '';
  }
  return texts;
}
