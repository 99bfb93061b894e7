import type { OnrecordEvent } from '@onrecord/shared/events';
import { openObjectStore } from '@onrecord/shared/object-store/open';
import { pino } from 'pino';
import { readConfig } from '../config.ts';
import { startTranscriber } from '../service.ts';
import { openEventLogInMemory } from './event-log.ts';

/**
 * A process of its own that is there to be killed: the whole transcriber, whose store never answers when the provider's answer is to be
 * kept. It says so to its parent, by a message.
 */
process.on('message', async ({ environment, event, folder }: DyingTranscriber) => {
  const store = await openObjectStore({ kind: 'file', folder });
  const events = openEventLogInMemory();
  const put: typeof store.put = (key, body, options) => {
    if (!key.includes('provider-response')) return store.put(key, body, options);
    process.send?.('answered');
    return new Promise(() => {});
  };
  await startTranscriber(readConfig(environment), {
    eventLog: events.log,
    objectStore: { ...store, put },
    logger: pino({ level: 'silent' }),
  });
  await events.publish(event);
});

export interface DyingTranscriber {
  environment: Record<string, string>;
  event: OnrecordEvent;
  folder: string;
}
