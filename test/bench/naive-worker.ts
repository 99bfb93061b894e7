import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { TOPICS } from '@onrecord/shared/events/envelope';
import { Hono } from 'hono';
import kafkajs from 'kafkajs';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { IngestTask } from './ingest-worker.ts';
import { serveWorker } from './serve-worker.ts';

/** What a first version looks like: Hono, the SDK's check, and one send for each request, acknowledged by all replicas. */
serveWorker(async ({ environment }: Pick<IngestTask, 'environment'>) => {
  const { EVENTS_URL = '', TWILIO_AUTH_TOKEN = '', PUBLIC_BASE_URL = '' } = environment;
  const kafka = new kafkajs.Kafka({
    brokers: [EVENTS_URL.replace('kafka://', '')],
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const app = new Hono();
  app.post('/webhooks/recording', async (c) => {
    const parameters = (await c.req.parseBody()) as Record<string, string>;
    const signature = c.req.header('x-twilio-signature') ?? '';
    const url = `${PUBLIC_BASE_URL}${c.req.path}`;
    if (!webhooks.validateRequest(TWILIO_AUTH_TOKEN, signature, url, parameters)) return c.body(null, 403);
    const { CallSid: key = '', RecordingSid, RecordingStatus } = parameters;
    await producer.send({
      topic: TOPICS.telephony,
      acks: -1,
      messages: [
        {
          key,
          value: JSON.stringify(parameters),
          headers: { ce_id: `recording:${RecordingSid}:${RecordingStatus}`, ce_type: 'recording.reported' },
        },
      ],
    });
    return c.body(null, 204);
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
