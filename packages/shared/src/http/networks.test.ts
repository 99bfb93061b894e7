import { expect, test } from 'vitest';
import { readNetworks } from './networks.ts';

test('networks are addresses with or without how many of their bits count', () => {
  expect(readNetworks('10.0.0.0/8, 192.168.1.7,fd00::/8')).toEqual([
    ['10.0.0.0', 8],
    ['192.168.1.7', 32],
    ['fd00::', 8],
  ]);
});

test.each(['', 'proxy.example.com', '10.0.0.0/33', '10.0.0.0/', '10.0.0/8', 'fd00::/129', '10.0.0.1;10.0.0.2'])(
  '"%s" is none',
  (text) => expect(readNetworks(text)).toBeUndefined(),
);
