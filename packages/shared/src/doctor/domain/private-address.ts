/** Loopback, link-local, private and shared ranges. Sources: RFC 1918, 3927, 4193, 4291, 6598. */
const PRIVATE_V4 =
  /^(0|10|127)\.|^169\.254\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./;
const PRIVATE_V6 = /^(::1?$|f[cd]|fe[89ab])/i;

/** Whether an IP address cannot be reached from the internet. */
export function isPrivate(address: string): boolean {
  const v4 = address.replace(/^::ffff:/i, '');
  return v4.includes(':') ? PRIVATE_V6.test(v4) : PRIVATE_V4.test(v4);
}
