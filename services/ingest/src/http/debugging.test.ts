import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fromRecord } from '@onrecord/shared/events/kafka-binding';
import type { Service } from '@onrecord/shared/lifecycle/service';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { startSimulator } from '@onrecord/simulator/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../config.ts';
import { startIngest } from '../service.ts';
import { controlledEventLog } from '../testing/event-log.ts';
import { ACCOUNT, TOKEN } from '../testing/signed-request.ts';

test('a failed call’s alerts come over both ways, twice and in the wrong order, and each is one event', async () => {
  let ingest: Service | undefined;
  const address = () => ingest?.addresses.callbacks ?? '';
  const simulator = await startSimulator({
    accountSid: ACCOUNT,
    authToken: TOKEN,
    publicBaseUrl: address,
    speed: 2_000,
  });
  const eventLog = controlledEventLog();
  const port = await freePort();
  const config = readConfig({
    EVENTS_URL: 'postgres://unused',
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: TOKEN,
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    METRICS_PORT: '0',
    RECONCILE_INTERVAL: '0s',
    DOCTOR_AT_START: 'false',
    LISTEN_HOST: '127.0.0.1',
  });
  ingest = await startIngest(config, {
    eventLog: eventLog.log,
    logger: createLogger({ service: 'ingest', level: 'silent' }),
  });
  onTestFinished(async () => {
    await simulator.stop();
    await ingest?.stop();
  });

  const { callSid, deliveries } = await simulator.placeCall({
    kind: 'outbound-call',
    from: '+14155550100',
    to: '+14155550142',
    outcome: 'failed',
    alerts: [{ errorCode: '32011', level: 'WARNING', text: 'sip:pbx.example does not answer' }],
    eventStreams: true,
    callbacks: 'twice-and-reordered',
  });

  expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => 204));
  const events = eventLog.appended.map((record) => fromRecord(record));
  const alertId = events.find(({ type }) => type === 'onrecord.alert.raised.v1')?.id;
  const ids = [`call:${callSid}:initiated`, `call:${callSid}:failed`, alertId].sort();
  expect([...new Set(events.map(({ id }) => id))].sort()).toEqual(ids);
  expect(events.length).toBeGreaterThan(3 * ids.length);
  expect(new Set(events.map(({ subject }) => subject))).toEqual(new Set([callSid]));
});

/** The public address has to be known before ingest starts, because the signatures are checked over it. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
