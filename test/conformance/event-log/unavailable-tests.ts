import { EventLogUnavailableError } from '@onrecord/shared/event-log/port';
import { describe, expect, it } from 'vitest';
import { record, topicSpec } from '../event-log-support.ts';
import type { Workbench } from './workbench.ts';

export function unavailableTests(bench: Workbench): void {
  describe('a server that does not answer', () => {
    it('fails what is asked of it, in time and by name', async () => {
      const log = await bench.openUnreachable();
      await expect(log.append([record(bench.topic, 'k')])).rejects.toThrow(EventLogUnavailableError);
      await expect(log.ping()).rejects.toThrow(EventLogUnavailableError);
      await expect(log.ensureTopics([topicSpec(bench.topic, 1)])).rejects.toThrow(EventLogUnavailableError);
    });

    it('answers a ping when it is there, and nothing after it was closed', async () => {
      await bench.log.ping();
      await bench.log.close();
      await expect(bench.log.ping()).rejects.toThrow(EventLogUnavailableError);
      await expect(bench.log.append([record(bench.topic, 'k')])).rejects.toThrow(EventLogUnavailableError);
    });
  });
}
