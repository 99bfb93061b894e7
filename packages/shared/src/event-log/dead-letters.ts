import { toRecord } from '../events/kafka-binding.ts';
import { FAILURE_HEADERS, readFailureHeaders } from './consumer/failure-headers.ts';
import { deadLetterTopic, type RetryPolicy, retryTopics } from './failure-policy.ts';
import type { EventLog, LogRecord, StoredRecord } from './port.ts';
import { type Settled, type SettledOutcome, settledEvent } from './settled-event.ts';

/** What a record of a dead-letter topic says of another one there: that a person has dealt with it. It has no value of its own. */
const SETTLED_HEADERS = {
  /** `partition/offset` of the dead letter. */
  settles: 'onrecord-settles',
  outcome: 'onrecord-outcome',
  by: 'onrecord-settled-by',
  at: 'onrecord-settled-at',
} as const;

/** On a record that is played again: who did so, and when (RFC 3339). */
const REPLAYED_HEADERS = { by: 'onrecord-replayed-by', at: 'onrecord-replayed-at' } as const;

export interface DeadLetter {
  /** `onrecord.decisions/0/17`: the topic that it comes from, partition and offset of its dead-letter topic. */
  id: string;
  topic: string;
  key: string;
  eventType: string | undefined;
  eventId: string | undefined;
  group: string | undefined;
  stage: string | undefined;
  reason: string | undefined;
  attempts: number;
  firstFailedAt: string | undefined;
  lastFailedAt: string | undefined;
  /** When it became a dead letter. */
  buriedAt: Date;
  settled?: { outcome: SettledOutcome; by: string; at: string } | undefined;
}

/** A dead letter with its event as it came. */
export interface WholeDeadLetter extends DeadLetter {
  record: StoredRecord;
}

type Reading = Pick<EventLog, 'readNow'>;

/**
 * Every dead letter of a topic, oldest first, with what became of it. Beside what the topic keeps, nothing is known: after its
 * retention both are gone.
 * @param keep which of them to keep with their event; the others are let go while they are read
 * @throws EventLogUnavailableError
 */
export async function readDeadLetters(
  log: Reading,
  topic: string,
  keep: (letter: DeadLetter) => boolean,
): Promise<WholeDeadLetter[]> {
  const letters = new Map<string, WholeDeadLetter>();
  const settled = new Map<string, NonNullable<DeadLetter['settled']>>();
  await log.readNow(deadLetterTopic(topic), (record) => {
    const { [SETTLED_HEADERS.settles]: place, [SETTLED_HEADERS.outcome]: outcome } = record.headers;
    if (place !== undefined) {
      const { [SETTLED_HEADERS.by]: by = '', [SETTLED_HEADERS.at]: at = '' } = record.headers;
      settled.set(place, { outcome: outcome === 'discarded' ? 'discarded' : 'replayed', by, at });
      return;
    }
    const letter = toDeadLetter(topic, record);
    if (keep(letter)) letters.set(placeOf(record), { ...letter, record });
  });
  return [...letters].map(([place, letter]) => ({ ...letter, settled: settled.get(place) }));
}

const placeOf = ({ partition, offset }: StoredRecord) => `${partition}/${offset}`;

function toDeadLetter(topic: string, record: StoredRecord): DeadLetter {
  const { headers, key, appendedAt } = record;
  const { attempts, group } = readFailureHeaders(headers);
  return {
    id: `${topic}/${placeOf(record)}`,
    topic,
    key,
    eventType: headers.ce_type,
    eventId: headers.ce_id,
    group,
    stage: headers[FAILURE_HEADERS.stage],
    reason: headers[FAILURE_HEADERS.reason],
    attempts,
    firstFailedAt: headers[FAILURE_HEADERS.firstFailed],
    lastFailedAt: headers[FAILURE_HEADERS.lastFailed],
    buriedAt: appendedAt,
  };
}

/**
 * Plays dead letters again, for the group alone that could not handle them, with all their attempts before them; or puts them aside.
 * First an event says so for the audit log; what was done is then written behind each in its dead-letter topic. A crash in between plays
 * one twice, which handlers take as they take every repeat, and which is one event.
 * @throws EventLogUnavailableError
 */
export async function settleDeadLetters(
  log: Pick<EventLog, 'append'>,
  letters: readonly WholeDeadLetter[],
  outcome: SettledOutcome,
  {
    accountOf,
    retryPolicy,
    ...settled
  }: Settled & { accountOf(letter: WholeDeadLetter): string; retryPolicy: RetryPolicy },
  onSettled: (letter: DeadLetter) => void = () => {},
): Promise<void> {
  const { by, at } = settled;
  for (const letter of letters) {
    await log.append([toRecord(settledEvent(letter, accountOf(letter), outcome, settled))]);
    if (outcome === 'replayed') await log.append([replayRecord(letter, by, at, retryPolicy)]);
    const headers = {
      [SETTLED_HEADERS.settles]: placeOf(letter.record),
      [SETTLED_HEADERS.outcome]: outcome,
      [SETTLED_HEADERS.by]: by,
      [SETTLED_HEADERS.at]: at.toISOString(),
    };
    await log.append([{ topic: letter.record.topic, key: letter.key, value: new Uint8Array(), headers }]);
    onSettled(letter);
  }
}

/** Through the shortest retry topic: whoever reads the main one is another group's consumer, too. */
function replayRecord(
  { topic, key, record, group }: WholeDeadLetter,
  by: string,
  at: Date,
  policy: RetryPolicy,
): LogRecord {
  const { [FAILURE_HEADERS.group]: _, ...rest } = record.headers;
  const failures: ReadonlySet<string> = new Set(Object.values(FAILURE_HEADERS));
  const own = Object.fromEntries(Object.entries(rest).filter(([name]) => !failures.has(name)));
  const headers = { ...own, [REPLAYED_HEADERS.by]: by, [REPLAYED_HEADERS.at]: at.toISOString() };
  const retry = retryTopics(topic, policy)[0]?.name;
  // A letter that names no group was for every one.
  if (group === undefined || retry === undefined) return { topic, key, value: record.value, headers };
  return { topic: retry, key, value: record.value, headers: { ...headers, [FAILURE_HEADERS.group]: group } };
}
