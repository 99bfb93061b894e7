import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSettings } from '../config/settings.ts';
import { apiKeyOf, twilioApiSettings, wholeApiKey } from './settings.ts';

const schema = z.object(twilioApiSettings).check(...wholeApiKey);
const account = { TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };
const sid = `SK${'2'.repeat(32)}`;
const read = (environment: Record<string, string>) => readSettings(schema, environment);

describe('the API key', () => {
  it('is its SID and its secret, or nothing', () => {
    const whole = { TWILIO_API_KEY_SID: sid, TWILIO_API_KEY_SECRET: 'secret' };
    expect(apiKeyOf(read({ ...account, ...whole }))).toEqual({ sid, secret: 'secret' });
    expect(apiKeyOf(read(account))).toBeUndefined();
  });

  it.each([
    ['TWILIO_API_KEY_SECRET', { TWILIO_API_KEY_SID: sid }],
    ['TWILIO_API_KEY_SID', { TWILIO_API_KEY_SECRET: 'secret' }],
  ])('is refused without %s, which is named with the remedy', (missing, half) => {
    expect(() => read({ ...account, ...half })).toThrow(
      `${missing} is missing: set both parts of the API key, or neither to use TWILIO_AUTH_TOKEN`,
    );
  });

  it('is complained about together with everything else', () => {
    const readHalf = () => read({ TWILIO_API_KEY_SECRET: 'secret' });
    for (const name of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_API_KEY_SID']) {
      expect(readHalf).toThrow(`${name} is missing`);
    }
  });
});
