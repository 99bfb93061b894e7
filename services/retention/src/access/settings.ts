import { duration } from '@onrecord/shared/config/settings';
import { bearerToken } from '@onrecord/shared/http/bearer-token';
import { z } from 'zod';

/** Who may ask the records API. */
export const accessSettings = {
  RECORDS_API_TOKEN: bearerToken().describe(
    'The first token of the records API: an administrator of every account, with which others are made',
  ),
  TOKEN_LIFETIME_MAX: duration({ min: '1m', max: '3650d' })
    .prefault('365d')
    .describe('How long a token of the records API may live; 90 days where nobody says'),
};

const schema = z.object(accessSettings);

export const toAccessOptions = (settings: z.output<typeof schema>) => ({
  token: settings.RECORDS_API_TOKEN,
  tokenLifetimeMaxMs: settings.TOKEN_LIFETIME_MAX,
});
