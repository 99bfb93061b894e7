import { duration, flag, wholeNumber } from '@onrecord/shared/config/settings';
import { bearerToken } from '@onrecord/shared/http/bearer-token';
import { inNetworks, readNetworks } from '@onrecord/shared/http/networks';
import { z } from 'zod';

const A_NETWORK = 'give addresses or networks with commas between them, such as 10.0.0.0/8,192.168.1.7';

/** Who may ask the records API. */
export const accessSettings = {
  RECORDS_API_TOKEN: bearerToken().describe(
    'The first token of the records API: an administrator of every account, with which others are made',
  ),
  TOKEN_LIFETIME_MAX: duration({ min: '1m', max: '3650d' })
    .prefault('365d')
    .describe('How long a token of the records API may live; 90 days where nobody says'),
  ACCESS_PURPOSE_REQUIRED: flag()
    .prefault('false')
    .describe('Whether whoever reads audio or text must say why, in X-Access-Purpose'),
  REQUESTS_PER_MINUTE: wholeNumber(1, 1_000_000)
    .prefault('3000')
    .describe('Requests a minute that the records API takes of one token'),
  FAILED_TOKENS_PER_MINUTE: wholeNumber(1, 1_000_000)
    .prefault('60')
    .describe('Requests a minute with no good token that the records API takes from one address'),
  TRUSTED_PROXIES: z
    .string()
    .transform((text, context) => {
      const networks = readNetworks(text);
      if (networks) return inNetworks(networks);
      context.addIssue({ code: 'custom', message: A_NETWORK });
      return z.NEVER;
    })
    .optional()
    .describe('Proxies whose X-Forwarded-For says who asks the records API; absent means that none is believed'),
};

const schema = z.object(accessSettings);

export const toAccessOptions = (settings: z.output<typeof schema>) => ({
  tokenLifetimeMaxMs: settings.TOKEN_LIFETIME_MAX,
  purposeRequired: settings.ACCESS_PURPOSE_REQUIRED,
  limits: {
    requestsPerMinute: settings.REQUESTS_PER_MINUTE,
    failuresPerMinute: settings.FAILED_TOKENS_PER_MINUTE,
  },
  isTrustedProxy: settings.TRUSTED_PROXIES ?? (() => false),
});

export type AccessOptions = ReturnType<typeof toAccessOptions>;
