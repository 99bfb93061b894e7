import { lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { inNetworks, PRIVATE_NETWORKS } from '@onrecord/shared/http/networks';

export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/**
 * Networks that a redirect must not reach: private ones, what reaches an IPv4 address through IPv6, and others that are not the public
 * internet. Source: IANA special-purpose address registries (RFC 6890).
 */
const isNotPublic = inNetworks([
  ...PRIVATE_NETWORKS,
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fec0::', 10],
  ['ff00::', 8],
]);

/** A zone (`fe80::1%eth0`), which only addresses of this host's own networks have, no network is compared with. */
export const isPublicAddress = (address: string): boolean =>
  isIP(address) !== 0 && !address.includes('%') && !isNotPublic(address);

/** @throws PrivateAddressError when the host is written as an address that is not public */
export function refusePrivateHost(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw refusal(host);
}

/** Resolves a name for a connection and refuses it when it leads to an address that is not public, at that very moment. */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const bad = addresses.find(({ address }) => !isPublicAddress(address));
    const [first] = addresses;
    if (bad || !first) return callback(refusal(`${hostname} (${bad?.address ?? 'no address'})`), '', 0);
    if (options.all) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};

const refusal = (host: string) =>
  new PrivateAddressError(`${host} is not a public address, and redirects are followed to public addresses alone`);
