/** What of a whole of so many bytes is asked for: positions, the last one included. */
export type AskedRange = 'whole' | 'not-satisfiable' | { start: number; end: number };

/**
 * Reads a Range header (RFC 9110, section 14.2). What is none, several ranges at once, and a range of what has changed since (If-Range)
 * are answered by the whole, as the RFC allows.
 * @param bytes of the whole
 */
export function readByteRange(
  { range, ifRange }: { range: string | undefined; ifRange: string | undefined },
  bytes: number,
  etag: string,
): AskedRange {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range?.replaceAll(' ', '') ?? '') ?? [];
  if (first === '' && last === '') return 'whole';
  // A date is no strong validator of ours; a weak ETag never is one (RFC 9110, section 13.1.5).
  if (ifRange !== undefined && ifRange !== etag) return 'whole';
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    return length === 0 ? 'not-satisfiable' : { start: bytes - length, end: bytes - 1 };
  }
  const [start, end] = [Number(first), last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)];
  if (last !== '' && Number(last) < start) return 'whole';
  return start >= bytes ? 'not-satisfiable' : { start, end };
}
