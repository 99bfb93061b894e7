import { expect, it } from 'vitest';
import { parseKafkaUrl } from './broker-url.ts';

const plain = { tls: false, username: undefined, password: undefined };

it.each([
  ['kafka://broker', { ...plain, brokers: ['broker:9092'] }],
  [
    'kafka://a.example:9092,b.example:19092,10.0.0.3/',
    { ...plain, brokers: ['a.example:9092', 'b.example:19092', '10.0.0.3:9092'] },
  ],
  ['kafka+ssl://b-1.msk:9096', { ...plain, tls: true, brokers: ['b-1.msk:9096'] }],
  ['kafka+ssl://us%40er:p%3Aa%2Fss@b:1', { tls: true, username: 'us@er', password: 'p:a/ss', brokers: ['b:1'] }],
])('reads %s', (url, address) => {
  expect(parseKafkaUrl(url)).toEqual(address);
});

it.each([
  'kafka://',
  'kafka://a,,b',
  'kafka://a:0',
  'kafka://a:70000',
  'kafka://a:port',
  'kafka://user@a',
  'kafka://us%er:pass@a',
  'kafka://[::1]:9092',
  'kafka://a?acks=1',
  'kafkas://a',
  'a:9092',
])('refuses %s', (url) => {
  expect(parseKafkaUrl(url)).toBeUndefined();
});
