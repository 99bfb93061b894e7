import { randomBytes } from 'node:crypto';
import { followWatermark } from '@onrecord/ingest/reconcile/watermark-log';
import { openKafkaEventLog } from '@onrecord/shared/event-log/kafka/open';
import type { EventLog } from '@onrecord/shared/event-log/port';
import { openPostgresEventLog } from '@onrecord/shared/event-log/postgres/open';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { describeWith } from '../servers/available.ts';
import { createDatabase } from '../servers/postgres.ts';
import { eventually } from './event-log-support.ts';

const logger = createLogger({ service: 'conformance', level: 'silent' });
const topic = { replicationFactor: 1, minInSyncReplicas: 1, retentionMs: 3_600_000 };

function watermarkSuite(name: string, open: () => Promise<EventLog>) {
  describe(`the watermark on ${name}`, () => {
    let accountSid: string;
    const atWork = new Set<string>();
    beforeEach(() => {
      accountSid = `AC${randomBytes(16).toString('hex')}`;
      atWork.clear();
    });

    /** An instance that works until its turn ends, and says what it was told and how far it wants to get. */
    async function instance(called: string) {
      const log = await open();
      const began: object[] = [];
      let reach: ((watermark: { recording?: string; call?: string }) => Promise<void>) | undefined;
      const following = followWatermark({
        log,
        accountSid,
        topic,
        logger,
        retryMs: 100,
        work: async (duty) => {
          began.push(duty.watermark());
          reach = duty.reach;
          atWork.add(called);
          await new Promise<void>((resolve) => duty.signal.addEventListener('abort', () => resolve()));
          atWork.delete(called);
        },
      });
      const close = async () => {
        await following.close();
        await log.close();
      };
      onTestFinished(close);
      return { began, close, reach: (watermark: object) => reach?.(watermark) };
    }

    test('whoever comes first begins without any, and whoever comes next where that one was', async () => {
      const first = await instance('first');
      await eventually(() => first.began.length > 0);
      expect(first.began[0]).toEqual({});
      await first.reach({ recording: '2026-11-21T10:00:00.000Z' });
      await first.reach({ call: '2026-11-21T11:00:00.000Z' });
      await first.reach({ recording: '2026-11-21T12:00:00.000Z' });
      await first.close();
      expect(atWork.size).toBe(0);
      const next = await instance('next');
      await eventually(() => next.began.length > 0);
      await eventually(() => atWork.has('next'));
      expect(next.began.at(-1)).toEqual({ recording: '2026-11-21T12:00:00.000Z', call: '2026-11-21T11:00:00.000Z' });
    });

    // A clock that was ahead wrote a watermark that nothing could take the place of.
    test('what is reached takes the place of what was known, in this turn and in the next one', async () => {
      const first = await instance('first');
      await eventually(() => first.began.length > 0);
      await first.reach({ recording: '2027-11-21T10:00:00.000Z' });
      await first.reach({ recording: '2026-11-21T10:00:00.000Z' });
      await first.close();
      const next = await instance('next');
      await eventually(() => atWork.has('next'));
      expect(next.began.at(-1)).toEqual({ recording: '2026-11-21T10:00:00.000Z' });
    });

    test('of two at once one works, and the other one does when it is gone', async () => {
      const [one, two] = [await instance('one'), await instance('two')];
      await eventually(() => atWork.size > 0);
      await Promise.all([one.reach({ call: '2026-11-21T10:00:00.000Z' }), two.reach({})]);
      const [working] = atWork;
      const [gone, left] = working === 'one' ? [one, two] : [two, one];
      await gone.close();
      await eventually(() => atWork.size === 1 && !atWork.has(working ?? ''));
      expect(left.began.length).toBeGreaterThan(0);
    });
  });
}

describeWith('kafka', ({ url }) => {
  watermarkSuite('Kafka', () => openKafkaEventLog({ url, logger, clientId: 'conformance' }));
});

describeWith('postgres', (server) => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  beforeAll(async () => {
    database = await createDatabase(server.url);
  });
  afterAll(() => database?.drop());
  watermarkSuite('Postgres', () => openPostgresEventLog({ url: database.url, logger, poolMax: 4 }));
});
