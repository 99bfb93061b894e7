import { expect, test } from 'vitest';
import { productUrl } from './product-url.ts';

test.each([
  ['https://api.twilio.com', 'https://monitor.twilio.com'],
  ['https://api.dublin.ie1.twilio.com', 'https://monitor.dublin.ie1.twilio.com'],
  ['http://127.0.0.1:4010', 'http://127.0.0.1:4010'],
  ['https://api.twilio.com.proxy.example/twilio', 'https://api.twilio.com.proxy.example/twilio'],
])('the alerts of %s are at %s', (apiUrl, monitor) => {
  expect(productUrl(apiUrl, 'monitor')).toBe(monitor);
});
