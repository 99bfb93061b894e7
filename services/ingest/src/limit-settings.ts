import { duration, wholeNumber } from '@onrecord/shared/config/settings';
import { z } from 'zod';

/** What the public edge takes at most, and how long it waits for it: whoever asks, signed or not. */
export const limitSettings = {
  BODY_BYTES_MAX: wholeNumber(1_024, 1_048_576).prefault('65536').describe('Longest callback body, in bytes'),
  ALERT_BODY_BYTES_MAX: wholeNumber(65_536, 8_388_608)
    .prefault('1048576')
    .describe('Longest body of /webhooks/debugger and /webhooks/events, which may carry many events, in bytes'),
  FIELDS_MAX: wholeNumber(50, 10_000).prefault('500').describe('Most parameters of a callback'),
  FIELD_CHARACTERS_MAX: wholeNumber(1_024, 1_048_576)
    .prefault('16384')
    .describe('Longest parameter of a callback, name or value, in characters; of an alert only its body is limited'),
  HEADER_BYTES_MAX: wholeNumber(8_192, 65_536)
    .prefault('16384')
    .describe('Longest address and headers of a request together, in bytes'),
  HEADERS_TIMEOUT: duration({ min: '100ms', max: '1m' })
    .prefault('5s')
    .describe('How long the headers of a request may take to arrive'),
  REQUEST_TIMEOUT: duration({ min: '100ms', max: '5m' })
    .prefault('10s')
    .describe('How long a whole request may take to arrive; Twilio gives up after 15 s'),
  CONNECTIONS_MAX: wholeNumber(16, 65_536).prefault('4096').describe('Most connections at a time; more are closed'),
  REQUESTS_IN_FLIGHT_MAX: wholeNumber(1, 65_536)
    .prefault('2000')
    .describe(
      'Most requests that have arrived and are being answered; while so many are, more are answered 503 before their body is read',
    ),
  BODIES_BYTES_MAX: wholeNumber(1_048_576, 1_073_741_824)
    .prefault('67108864')
    .describe(
      'Most bytes of all bodies of callbacks and calls that are being answered; what would be more is answered 503',
    ),
  ALERT_BODIES_BYTES_MAX: wholeNumber(1_048_576, 1_073_741_824)
    .prefault('67108864')
    .describe('The same for /webhooks/debugger and /webhooks/events, apart from the others'),
};

type LimitSettings = z.output<z.ZodObject<typeof limitSettings>>;

/** A body that never fits would be put off for ever. */
export const bodiesFit = z.refine<LimitSettings>(
  ({ ALERT_BODIES_BYTES_MAX, ALERT_BODY_BYTES_MAX }) => ALERT_BODIES_BYTES_MAX >= ALERT_BODY_BYTES_MAX,
  { path: ['ALERT_BODIES_BYTES_MAX'], error: 'give at least ALERT_BODY_BYTES_MAX' },
);

/** The same, as the parts that are limited take them. */
export const toLimits = (settings: LimitSettings) => ({
  bodyBytesMax: settings.BODY_BYTES_MAX,
  alertBodyBytesMax: settings.ALERT_BODY_BYTES_MAX,
  fieldsMax: settings.FIELDS_MAX,
  fieldCharactersMax: settings.FIELD_CHARACTERS_MAX,
  load: {
    requestsInFlightMax: settings.REQUESTS_IN_FLIGHT_MAX,
    bodiesBytesMax: settings.BODIES_BYTES_MAX,
    alertBodiesBytesMax: settings.ALERT_BODIES_BYTES_MAX,
  },
  http: {
    headerBytesMax: settings.HEADER_BYTES_MAX,
    headersTimeoutMs: settings.HEADERS_TIMEOUT,
    requestTimeoutMs: settings.REQUEST_TIMEOUT,
    connectionsMax: settings.CONNECTIONS_MAX,
  },
});
