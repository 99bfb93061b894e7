import { describe, expect, it } from 'vitest';
import { isPublicAddress, refusePrivateHost } from './public-address.ts';

describe('an address', () => {
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fe80::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:10.0.0.1',
    '64:ff9b::a00:1',
    'not-an-address',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['http://2130706433/', 'http://0x7f.1/', 'http://[::1]/', 'http://127.1/', 'http://[::ffff:7f00:1]/'])(
    'is recognised as %s writes it',
    (url) => {
      expect(() => refusePrivateHost(new URL(url))).toThrow(/not a public address/);
    },
  );
});
