import { expect, it } from 'vitest';
import { ACCOUNT_SID, AUTH_TOKEN, startApplication } from '../testing/application.ts';
import { simulate } from '../testing/simulated.ts';
import { twilioClient } from '../testing/twilio-client.ts';

const TRUNK = `TK${'d'.repeat(32)}`;

it('shows its account, numbers, caller IDs, trunks and lookups to the vendor’s own SDK as they were set up', async () => {
  const simulator = await simulate(await startApplication());
  const client = twilioClient(simulator.url);
  simulator.setUpAccount({
    status: 'suspended',
    phoneNumbers: [
      { phoneNumber: '+14155550100', voiceUrl: 'https://calls.example.com/voice/inbound', trunkSid: TRUNK },
      { phoneNumber: '+14155550101' },
      { phoneNumber: '+14155550102' },
    ],
    callerIds: ['+14155550177'],
    trunks: { [TRUNK]: 'record-from-answer' },
    lookups: { '+1415': { valid: false, validationErrors: ['TOO_SHORT'] } },
  });
  expect((await client.api.v2010.accounts(ACCOUNT_SID).fetch()).status).toBe('suspended');
  const numbers = await client.incomingPhoneNumbers.list({ pageSize: 1 });
  expect(numbers.map((each) => each.phoneNumber).sort()).toEqual(['+14155550100', '+14155550101', '+14155550102']);
  // The filter is partial, as Twilio's is.
  expect(await client.incomingPhoneNumbers.list({ phoneNumber: '1415555010' })).toHaveLength(3);
  const [first] = await client.incomingPhoneNumbers.list({ phoneNumber: '+14155550100' });
  expect(first).toMatchObject({
    voiceUrl: 'https://calls.example.com/voice/inbound',
    trunkSid: TRUNK,
    voiceMethod: 'POST',
  });
  expect((await client.outgoingCallerIds.list()).map((each) => each.phoneNumber)).toEqual(['+14155550177']);
  expect((await client.trunking.v1.trunks(TRUNK).recordings().fetch()).mode).toBe('record-from-answer');
  expect(await client.lookups.v2.phoneNumbers('+1415').fetch()).toMatchObject({
    valid: false,
    validationErrors: ['TOO_SHORT'],
  });
  const line = await client.lookups.v2.phoneNumbers('+14155550100').fetch({ fields: 'line_type_intelligence' });
  expect(line.lineTypeIntelligence).toMatchObject({ type: 'mobile' });
});

it('is set up over its control API, and tells another time when it is told to', async () => {
  const simulator = await simulate(await startApplication());
  const setUp = (body: object) =>
    fetch(`${simulator.url}/simulator/twilio/account`, { method: 'POST', body: JSON.stringify(body) });
  expect((await setUp({ status: 'unknown' })).status).toBe(400);
  expect((await setUp({ clockAheadSeconds: 86_400 })).status).toBe(201);
  const answer = await fetch(`${simulator.url}/2010-04-01/Accounts/${ACCOUNT_SID}.json`, {
    headers: { authorization: `Basic ${btoa(`${ACCOUNT_SID}:${AUTH_TOKEN}`)}` },
  });
  expect(Date.parse(answer.headers.get('date') ?? '') - Date.now()).toBeGreaterThan(80_000_000);
});
