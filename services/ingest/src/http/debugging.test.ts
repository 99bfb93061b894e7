import { fromRecord } from '@onrecord/shared/events/kafka-binding';
import { startSimulator } from '@onrecord/simulator/simulator';
import { expect, onTestFinished, test } from 'vitest';
import { ACCOUNT, TOKEN } from '../testing/signed-request.ts';
import { itsOwnAddress, startedIngest } from '../testing/started-ingest.ts';

test('a failed call’s alerts come over both ways, twice and in the wrong order, and each is one event', async () => {
  const { service, at, eventLog } = await startedIngest(await itsOwnAddress());
  const simulator = await startSimulator({ accountSid: ACCOUNT, authToken: TOKEN, publicBaseUrl: at, speed: 2_000 });
  onTestFinished(async () => {
    await simulator.stop();
    await service.stop();
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
