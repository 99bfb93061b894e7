import { expect, test } from 'vitest';
import type { CallScript } from '../simulator.ts';
import { ACCOUNT_SID, startApplication } from '../testing/application.ts';
import { simulate } from '../testing/simulated.ts';
import { twilioClient } from '../testing/twilio-client.ts';

const FAILED = {
  kind: 'outbound-call',
  from: '+14155550100',
  to: '+14155550142',
  outcome: 'failed',
  alerts: [
    { errorCode: '13224', level: 'ERROR', text: 'no such number' },
    { errorCode: '13214', level: 'WARNING', text: 'bad caller ID', details: { callerId: '1' } },
  ],
} satisfies CallScript;

async function failedCall() {
  const application = await startApplication();
  const simulator = await simulate(application);
  const { callSid } = await simulator.placeCall(FAILED);
  await simulator.placeCall({ ...FAILED, alerts: [{ errorCode: '11200' }] });
  const posted = application.at('/webhooks/debugger').map(({ Sid }) => Sid);
  return { client: twilioClient(simulator.url), callSid, posted };
}

test('Twilio’s SDK lists the alerts that the debugger posted, over pages, by level and by time', async () => {
  const { client, callSid, posted } = await failedCall();
  const all = await client.monitor.v1.alerts.list({ pageSize: 1 });
  expect(all.map(({ sid }) => sid).sort()).toEqual(posted.sort());
  const [warning, ...others] = await client.monitor.v1.alerts.list({ logLevel: 'warning' });
  expect(others).toEqual([]);
  expect(warning).toMatchObject({ accountSid: ACCOUNT_SID, resourceSid: callSid, errorCode: '13214' });
  expect(Object.fromEntries(new URLSearchParams(warning?.alertText))).toMatchObject({
    Msg: 'bad caller ID',
    callerId: '1',
  });
  const tomorrow = new Date(Date.now() + 86_400_000);
  expect(await client.monitor.v1.alerts.list({ startDate: tomorrow })).toEqual([]);
  expect(await client.monitor.v1.alerts.list({ endDate: tomorrow })).toHaveLength(3);
});

test('Twilio’s SDK lists the notifications of one call, errors and warnings', async () => {
  const { client, callSid, posted } = await failedCall();
  const listed = await client.calls(callSid).notifications.list();
  expect(listed.map(({ errorCode, log }) => `${errorCode} ${log}`).sort()).toEqual(['13214 1', '13224 0']);
  expect(posted).toEqual(expect.arrayContaining(listed.map(({ sid }) => sid)));
  expect(await client.calls(callSid).notifications.list({ log: 1 })).toMatchObject([{ errorCode: '13214' }]);
  await expect(client.calls(`CA${'0'.repeat(32)}`).notifications.list()).rejects.toMatchObject({ code: 20_404 });
});
