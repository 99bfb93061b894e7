import { expect, test } from 'vitest';
import { createDeliveryLog, type DeliveryPage, deliveryQuery } from './delivery-log.ts';
import { demoCalls } from './demo-calls.ts';
import { startConsentApplication } from './testing/consent-application.ts';
import { simulate } from './testing/simulated.ts';

test('deliveries are found by what they were about and by what became of them, a page at a time', async () => {
  const simulator = await simulate(await startConsentApplication({ '/webhooks/recording': { status: 503 } }));
  const { recordingSid } = await simulator.placeCall(demoCalls.consentGranted);
  simulator.spoilCallbacks({ dropShare: 1 });
  await simulator.placeCall(demoCalls.busy);
  const find = async (query: string) => {
    const answer = await fetch(`${simulator.url}/simulator/deliveries?${query}`);
    expect(answer.status, query).toBe(200);
    return (await answer.json()) as DeliveryPage;
  };
  const { sent, deliveries: all } = await find('');
  expect(all.map(({ number }) => number)).toEqual(Array.from({ length: sent }, (_, index) => index + 1));
  const refused = await find(`recordingSid=${recordingSid}&status=503`);
  expect(refused.deliveries.length).toBeGreaterThan(0);
  expect(refused.deliveries.every(({ kind, answers }) => kind === 'recording' && answers[0] === 503)).toBe(true);
  const dropped = await find('fault=dropped&status=none');
  expect(dropped.deliveries.every(({ attempts, answers }) => attempts === 0 && answers.length === 0)).toBe(true);
  const paged: number[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page: DeliveryPage = await find(`limit=2&after=${after}`);
    paged.push(...page.deliveries.map(({ number }) => number));
    after = page.next;
  }
  expect(paged).toEqual(all.map(({ number }) => number));
  expect((await fetch(`${simulator.url}/simulator/deliveries?limit=none`)).status).toBe(400);
});

test('a log that is full forgets the oldest, says so, and keeps its numbers', () => {
  const log = createDeliveryLog(2);
  const delivery = { method: 'POST', parameters: {}, at: '', attempts: 1, answers: [204], faults: [] } as const;
  for (const url of ['a', 'b', 'c']) log.add({ ...delivery, kind: 'recording', url });
  const page = log.page(deliveryQuery.parse({}));
  expect(page).toMatchObject({
    sent: 3,
    forgotten: 1,
    deliveries: [
      { number: 2, url: 'b' },
      { number: 3, url: 'c' },
    ],
  });
});
