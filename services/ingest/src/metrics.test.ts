import { readFile } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { createIngestMetrics } from './metrics.ts';
import { ingest } from './testing/ingest-app.ts';
import { ACCOUNT, post, sid } from './testing/signed-request.ts';

// What was shed raised no alert: no rule asked for it, and a counter that is not there before cannot be seen to increase.
test('what is shed is counted from nothing, each reason by itself, and raises an alert', async () => {
  const registry = new Registry();
  createIngestMetrics(registry);
  const shed = await registry.getSingleMetric('onrecord_ingest_shed_total')?.get();
  const reasons = ['requests', 'bodies', 'alert-bodies', 'connections'];
  expect(shed?.values.map(({ labels, value }) => ({ ...labels, value }))).toEqual(
    reasons.map((reason) => ({ reason, value: 0 })),
  );
  const rules = await readFile(new URL('../../../deploy/prometheus/alerts.yml', import.meta.url), 'utf8');
  expect(rules).toMatch(/expr: sum by \(reason\) \(increase\(onrecord_ingest_shed_total\[5m\]\)\) > 0$/m);
});

test('who comes into a conference is counted, and who was called into it and never came, by why', async () => {
  const { app, registry } = ingest();
  const parameters = { AccountSid: ACCOUNT, ConferenceSid: sid('CF'), CallSid: sid('CA') };
  const join = { ...parameters, StatusCallbackEvent: 'participant-join' };
  expect((await app.request(...post('/webhooks/conference', join))).status).toBe(204);
  for (const ParticipantCallStatus of ['no-answer', 'completed', 'something-new']) {
    const leave = { ...parameters, StatusCallbackEvent: 'participant-leave', ParticipantCallStatus };
    expect((await app.request(...post('/webhooks/conference', leave))).status).toBe(204);
  }
  const text = await registry.metrics();
  expect(text.match(/^onrecord_ingest_conference_joins_total\{.*$/gm)).toEqual([
    'onrecord_ingest_conference_joins_total{outcome="joined"} 1',
    'onrecord_ingest_conference_joins_total{outcome="no-answer"} 1',
  ]);
});

test('how many callers answer the consent prompt can be told', async () => {
  const { app, registry } = ingest({ dialTo: '+14155550142' });
  const call = { AccountSid: ACCOUNT, CallSid: sid('CA') };
  await app.request(...post('/voice/inbound', call));
  await app.request(...post('/voice/consent', { ...call, Digits: '1' }));
  await app.request(...post('/voice/consent', { ...call, Digits: '' }));
  await app.request(...post('/voice/consent?digits=1&times=1', call));
  const text = await registry.metrics();
  for (const outcome of ['asked', 'answered', 'empty']) {
    expect(text).toContain(`onrecord_ingest_gathers_total{prompt="consent",outcome="${outcome}"} 1`);
  }
});
