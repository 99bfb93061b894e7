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

/** Reads `10.0.0.0/8,192.168.1.7,fd00::/8`. @returns `undefined` where a part is neither an address nor a network */
export function readNetworks(text: string): Network[] | undefined {
  const networks = text.split(',').map((part): Network | undefined => {
    const [, address = '', bits] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(part.trim()) ?? [];
    const bitsMax = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
    const prefix = Number(bits ?? bitsMax);
    return bitsMax > 0 && prefix <= bitsMax ? [address, prefix] : undefined;
  });
  return networks.every((network) => network !== undefined) ? networks : undefined;
}
