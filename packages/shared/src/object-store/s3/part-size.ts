/** S3 takes at most this many parts in one upload. */
const PARTS_MAX = 10_000;
/** So many parts have the configured size: 29 GiB at 6 MiB. Some servers want parts of one size, and no recording is longer. */
const PARTS_OF_BASE_SIZE = 5_000;
/** From there on the size doubles as often as this many parts have been sent. */
const PARTS_OF_EACH_SIZE = 1_000;

/**
 * Bytes of part `number`, counted from 1; undefined when there can be no such part. Sizes of 6 MiB make room for 392 GiB, sizes of
 * 5 MiB for 327 GiB, and the last parts are 32 times as large as the first.
 */
export function partBytes(number: number, baseBytes: number): number | undefined {
  if (number > PARTS_MAX) return undefined;
  const doublings = Math.max(0, Math.ceil((number - PARTS_OF_BASE_SIZE) / PARTS_OF_EACH_SIZE));
  return baseBytes * 2 ** doublings;
}
