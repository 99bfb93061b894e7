import { BlockList, isIP } from 'node:net';

export type Network = readonly [address: string, prefix: number];

/**
 * This host, private networks, and link-local ones, where clouds keep their metadata services: nobody reaches them from the internet.
 * Sources: RFC 1122, 1918, 3927, 4193, 4291, 6598.
 */
export const PRIVATE_NETWORKS: readonly Network[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
];

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/**
 * Whether an IP address is in one of the networks. An IPv4 address in IPv6 clothes (`::ffff:10.0.0.1`) counts as what it is: `BlockList`
 * checks it against both.
 */
export function inNetworks(networks: readonly Network[]): (address: string) => boolean {
  const list = new BlockList();
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, familyOf(address));
  return (address) => list.check(address, familyOf(address));
}
