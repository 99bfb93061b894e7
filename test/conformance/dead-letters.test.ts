import { type DeadLetter, readDeadLetters, settleDeadLetters } from '@onrecord/shared/event-log/dead-letters';
import { StageError } from '@onrecord/shared/event-log/failure-policy';
import type { EventLog, LogRecord, StoredRecord } from '@onrecord/shared/event-log/port';
import { TOPICS } from '@onrecord/shared/events';
import { fromRecord } from '@onrecord/shared/events/kafka-binding';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';
import { Bench, callRecord, eventually, QUICK_POLICY } from './consumer-support.ts';
import { openPlace } from './member-process.ts';

const AT = new Date('2026-03-01T10:00:00.000Z');
const ACCOUNT = `AC${'1'.padStart(32, '0')}`;
const settling = { by: 'ada', reason: 'mended', at: AT, accountOf: () => ACCOUNT, retryPolicy: QUICK_POLICY };
const ALL = () => true;

/** The same promises on every log. */
function deadLetterSuite(open: () => Promise<EventLog>): void {
  describe('dead letters', () => {
    let bench: Bench;
    let handled: { group: string; record: StoredRecord; attempt: number }[];
    let isMended: boolean;
    beforeEach(async () => {
      [handled, isMended] = [[], false];
      bench = await Bench.open(open);
      await bench.log.ensureTopics([{ name: compliance(), partitions: 1, retentionMs: 3_600_000 }]);
    });
    afterEach(() => bench.closeAll());

    const compliance = () => `${bench.topic}.compliance`;
    /** Other tests use the log, and have topics of compliance as they want them. */
    const onLog = (onAppend = (_record: LogRecord | undefined) => {}) => ({
      append: async (records: readonly LogRecord[]) => {
        onAppend(records[0]);
        await bench.log.append(
          records.map((each) => (each.topic === TOPICS.compliance ? { ...each, topic: compliance() } : each)),
        );
      },
    });
    async function told() {
      const records: StoredRecord[] = [];
      await bench.log.readNow(compliance(), (record) => void records.push(record));
      return records.map((record) => fromRecord(record));
    }

    const letters = (keep: (letter: DeadLetter) => boolean = ALL) => readDeadLetters(bench.log, bench.topic, keep);

    /** Two groups read the topic; one of them can handle nothing until it is mended. */
    async function bury(count: number) {
      for (const group of ['broken', 'sound']) {
        await bench.consume({
          group: `${bench.topic}.${group}`,
          handle: async (_, { record, attempt }) => {
            if (group === 'broken' && !isMended) {
              throw new StageError('transcribe', 'Deepgram answers 402', { kind: 'permanent' });
            }
            handled.push({ group, record, attempt });
          },
        });
      }
      await bench.log.append(Array.from({ length: count }, (_, call) => callRecord(bench.topic, call)));
      await vi.waitFor(async () => expect(await letters()).toHaveLength(count), { timeout: 50_000, interval: 500 });
      await eventually(() => handled.length === count);
      handled = [];
      isMended = true;
    }

    it('are listed with what went wrong, oldest first, and none where there are none', async () => {
      expect(await letters()).toEqual([]);
      await bury(2);
      const [first, second] = await letters();
      expect(first).toMatchObject({
        ...{ id: `${bench.topic}/0/0`, topic: bench.topic, group: `${bench.topic}.broken`, attempts: 1 },
        ...{ stage: 'transcribe', reason: 'Deepgram answers 402', eventType: 'onrecord.call.status-changed.v1' },
      });
      expect(first?.settled).toBeUndefined();
      expect(first?.record.value.byteLength).toBeGreaterThan(0);
      expect(await letters(({ id }) => id === second?.id)).toHaveLength(1);
    });

    it('are handled again by the group that could not, with all attempts before them, and by no other', async () => {
      await bury(3);
      const [one, , three] = await letters();
      const chosen = [one, three].filter((letter) => letter !== undefined);
      await settleDeadLetters(onLog(), chosen, 'replayed', settling);
      await eventually(() => handled.length === 2);
      expect(handled.map(({ group, attempt, record }) => [group, attempt, record.key]).toSorted()).toEqual(
        chosen.map(({ key }) => ['broken', 1, key]).toSorted(),
      );
      const [{ record } = { record: undefined }] = handled;
      expect(record?.headers).toMatchObject({
        'onrecord-replayed-by': 'ada',
        'onrecord-replayed-at': AT.toISOString(),
      });
      expect(Object.keys(record?.headers ?? {})).not.toContain('onrecord-reason');
      const now = await letters();
      const settled = { outcome: 'replayed', by: 'ada', at: AT.toISOString() };
      expect(now.map((letter) => letter.settled)).toEqual([settled, undefined, settled]);
    });

    it('are put aside for good, and it is kept who did so', async () => {
      await bury(2);
      const [one] = await letters();
      await settleDeadLetters(onLog(), one === undefined ? [] : [one], 'discarded', settling);
      expect((await letters()).map(({ settled }) => settled?.outcome)).toEqual(['discarded', undefined]);
      // Nothing was played: what the group gets next is what comes next.
      await bench.log.append([callRecord(bench.topic, 9, 1)]);
      await eventually(() => handled.some(({ group }) => group === 'broken'));
      expect(new Set(handled.map(({ record }) => record.topic))).toEqual(new Set([bench.topic]));
    });

    it('are told of for the audit log before anything else is done, and once however often it is begun again', async () => {
      await bury(2);
      const [one, two] = await letters();
      const appended: string[] = [];
      const crashing = onLog((record) => {
        if (appended.push(record?.topic ?? '') > 1) throw new Error('the command line is stopped');
      });
      const settled = settleDeadLetters(crashing, one === undefined ? [] : [one], 'replayed', settling);
      await expect(settled).rejects.toThrow('stopped');
      expect(appended).toEqual([TOPICS.compliance, expect.stringMatching(/retry/)]);
      expect((await letters()).map((letter) => letter.settled)).toEqual([undefined, undefined]);
      await settleDeadLetters(onLog(), one === undefined ? [] : [one], 'replayed', settling);
      await settleDeadLetters(onLog(), two === undefined ? [] : [two], 'discarded', settling);
      const events = await told();
      expect(events.map(({ id }) => id)).toEqual([
        `dead-letter:${one?.id}:replayed`,
        `dead-letter:${one?.id}:replayed`,
        `dead-letter:${two?.id}:discarded`,
      ]);
      expect(events[2]?.data).toEqual({
        ...{ accountSid: ACCOUNT, topic: bench.topic, partition: 0, offset: Number(two?.record.offset) },
        ...{ outcome: 'discarded', settledBy: 'ada', reason: 'mended', settledAt: AT.toISOString() },
        ...{ eventId: two?.eventId, eventType: two?.eventType, eventSubject: two?.key },
      });
    });

    it('that fail once more are dead letters again, of their own', async () => {
      await bury(1);
      isMended = false;
      await settleDeadLetters(onLog(), await letters(), 'replayed', settling);
      await vi.waitFor(async () => expect(await letters()).toHaveLength(2), { timeout: 50_000, interval: 500 });
      expect((await letters()).map(({ settled, attempts }) => [settled?.outcome, attempts])).toEqual([
        ['replayed', 1],
        [undefined, 1],
      ]);
    });
  });
}

describeWith('kafka', ({ url }) => deadLetterSuite(() => openPlace({ kind: 'kafka', url, limits: {} })));

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(server.url);
  });
  afterAll(() => database.drop());
  deadLetterSuite(() => openPlace({ kind: 'postgres', url: database.url, limits: {} }));
});
