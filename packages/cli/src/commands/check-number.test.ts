import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator } from '@onrecord/simulator/simulator';
import { expect, it, onTestFinished } from 'vitest';
import { onrecord } from '../testing/onrecord.ts';

const ACCOUNT = `AC${'a'.repeat(32)}`;
const NUMBER = '+14152125922';

async function twilio(accountSid = ACCOUNT, authToken = 'token') {
  const simulator = await startSimulator({
    accountSid,
    authToken,
    publicBaseUrl: 'http://127.0.0.1',
  });
  onTestFinished(() => simulator.stop());
  const environment = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_API_URL: simulator.url };
  return { simulator, environment };
}

it('says that a number is valid, and of which kind only when it is asked', async () => {
  const { simulator, environment } = await twilio();
  simulator.setUpAccount({
    lookups: { [NUMBER]: { lineType: 'landline', carrierName: 'Example', lineStatus: 'Reachable' } },
  });
  const plain = await onrecord(`check-number ${NUMBER}`, environment);
  expect(plain).toEqual({
    status: 0,
    out: `${NUMBER} is valid by the numbering plan of US\n${NUMBER} is valid, says Twilio’s Lookup`,
    err: '',
  });
  const { out } = await onrecord(`check-number ${NUMBER} --line-type --line-status`, environment);
  expect(out).toContain('line type: landline (Example)\nline status: reachable');
});

it.each([
  ['4155550100', 'is not E.164'],
  ['+1415555', 'wrong length'],
  ['+11234567890', 'no number in that range'],
  ['+9991234567', 'no such country code'],
])('refuses %s by the numbering plans, and asks nobody', async (number, why) => {
  const { status, err } = await onrecord(`check-number ${number}`, {});
  expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining(why) });
});

it('says why Lookup takes a number for invalid', async () => {
  const { simulator, environment } = await twilio();
  simulator.setUpAccount({ lookups: { [NUMBER]: { valid: false, validationErrors: ['INVALID_BUT_POSSIBLE'] } } });
  const { status, err } = await onrecord(`check-number ${NUMBER}`, environment);
  expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('is not valid, says Twilio') });
  expect(err).toContain('invalid but possible');
});

// Only the environment's account was asked, whose lookups another one's region or access may not have.
it('asks by another account of ACCOUNTS_FILE, with its credentials', async () => {
  const other = `AC${'b'.repeat(32)}`;
  const { simulator, environment } = await twilio(other, 'its-token');
  simulator.setUpAccount({ lookups: { [NUMBER]: { lineType: 'voip' } } });
  const folder = await mkdtemp(join(tmpdir(), 'check-number-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'accounts.json');
  await writeFile(file, JSON.stringify([{ accountSid: other, authToken: 'its-token' }]));
  const own = { ...environment, TWILIO_ACCOUNT_SID: ACCOUNT, TWILIO_AUTH_TOKEN: 'token', ACCOUNTS_FILE: file };
  const asked = await onrecord(`check-number ${NUMBER} --line-type --account ${other.toUpperCase()}`, own);
  expect(asked).toMatchObject({ status: 0, out: expect.stringContaining('line type: voip') });
  expect((await onrecord(`check-number ${NUMBER} --account ${ACCOUNT}`, own)).err).toContain('refuses the credentials');
  const unknown = `AC${'c'.repeat(32)}`;
  const { status, err } = await onrecord(`check-number ${NUMBER} --account ${unknown}`, own);
  expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining(`${unknown} is not configured`) });
  expect((await onrecord(`check-number ${NUMBER} --account AC1`, own)).status).toBe(2);
});

it('tells a number that is not valid from a Twilio that could not be asked', async () => {
  const { environment } = await twilio();
  const { status, err } = await onrecord(`check-number ${NUMBER}`, { ...environment, TWILIO_AUTH_TOKEN: 'old' });
  expect(status).toBe(1);
  expect(err).toContain(`could not be asked about ${NUMBER} (it refuses the credentials)`);
  expect((await onrecord(`check-number ${NUMBER}`, {})).err).toContain('--local');
  expect(await onrecord(`check-number ${NUMBER} --local`, {})).toMatchObject({ status: 0 });
});
