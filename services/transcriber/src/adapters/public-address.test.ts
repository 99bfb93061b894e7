import { describe, expect, it } from 'vitest';
import { isPublicAddress, refusePrivateHost } from './public-address.ts';

describe('an address', () => {
  it.each([
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.1',
    '192.88.100.0',
    '2606:4700::1111',
    '2001:1::1',
    '2001:4860::8888',
    '::ffff:8.8.8.8',
    '::ffff:808:808',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this network', 'RFC 1122', '0.0.0.0', '0.255.255.255'],
    ['private', 'RFC 1918', '10.0.0.0', '10.255.255.255'],
    ['private', 'RFC 1918', '172.16.0.0', '172.31.255.255'],
    ['private', 'RFC 1918', '192.168.0.0', '192.168.255.255'],
    ['shared by carriers', 'RFC 6598', '100.64.0.0', '100.127.255.255'],
    ['loopback', 'RFC 1122', '127.0.0.1', '127.255.255.255'],
    ['link-local, with metadata services', 'RFC 3927', '169.254.0.0', '169.254.169.254'],
    ['protocol assignments', 'RFC 6890', '192.0.0.0', '192.0.0.255'],
    ['6to4 relays', 'RFC 7526', '192.88.99.0', '192.88.99.255'],
    ['benchmarks', 'RFC 2544', '198.18.0.0', '198.19.255.255'],
    ['multicast', 'RFC 5771', '224.0.0.0', '239.255.255.255'],
    ['reserved', 'RFC 1112', '240.0.0.0', '255.255.255.255'],
    ['unspecified and loopback', 'RFC 4291', '::', '::1'],
    ['IPv4-compatible', 'RFC 4291', '::10.0.0.1', '::ffff:ffff'],
    ['IPv4-mapped and private', 'RFC 4291', '::ffff:10.0.0.1', '::ffff:a9fe:a9fe'],
    ['NAT64', 'RFC 6052', '64:ff9b::a00:1', '64:ff9b::169.254.169.254'],
    ['local NAT64', 'RFC 8215', '64:ff9b:1::', '64:ff9b:1:ffff::a00:1'],
    ['Teredo', 'RFC 4380', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['6to4', 'RFC 3056', '2002::', '2002:a00:1::1'],
    ['unique local', 'RFC 4193', 'fc00::', 'fd00:ec2::254'],
    ['link-local', 'RFC 4291', 'fe80::1', 'febf:ffff::1'],
    ['link-local with its zone', 'RFC 4007', 'fe80::1%eth0', 'fe80::1%1'],
    ['site-local', 'RFC 3879', 'fec0::', 'feff:ffff::1'],
    ['multicast', 'RFC 4291', 'ff00::', 'ff02::1'],
  ])('is not public when it is %s (%s)', (_what, _source, first, last) => {
    expect([isPublicAddress(first), isPublicAddress(last)]).toEqual([false, false]);
  });

  it('is not public when it is none', () => {
    expect(isPublicAddress('not-an-address')).toBe(false);
  });

  it.each([
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://127.1/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
  ])('is recognised as %s writes it', (url) => {
    expect(() => refusePrivateHost(new URL(url))).toThrow(/not a public address/);
  });
});
