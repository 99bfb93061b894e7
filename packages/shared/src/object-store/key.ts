import { ObjectStoreError } from './port.ts';

/** The longest key that S3 takes, in bytes of UTF-8. A file system also limits each segment, mostly to 255 bytes. */
const KEY_BYTES_MAX = 1024;

/**
 * Checks a key once for every store, so that what one of them takes the others take too: `/`-separated segments, none of them
 * empty, `.` or `..`, without backslashes and control characters.
 * @throws ObjectStoreError naming the key and what is wrong with it
 */
export function checkKey(key: string): void {
  const problem = problemOf(key);
  if (problem)
    throw new ObjectStoreError(`unusable object key ${JSON.stringify(key)}: ${problem}`, { retryable: false });
}

/** A prefix may be empty or end with a slash; otherwise it is held to the same rules as a key. @throws ObjectStoreError */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') checkKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix);
}

function problemOf(key: string): string | undefined {
  if (key === '') return 'it is empty';
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) return `it is longer than ${KEY_BYTES_MAX} bytes`;
  if (key.includes('\\') || /\p{Cc}/u.test(key)) return 'backslashes and control characters are not allowed';
  if (!key.isWellFormed()) return 'it is not well-formed Unicode';
  if (key.split('/').some((segment) => segment === '' || segment === '.' || segment === '..'))
    return 'a leading, trailing or double slash, "." and ".." are not allowed';
  return undefined;
}

/** Whether `key` is `prefix` itself or lies in the folder of that name: `a/b` and `a/b/c` are under `a/b`, `a/b-c` is not. */
export function isUnder(prefix: string, key: string): boolean {
  return prefix.endsWith('/') ? key.startsWith(prefix) : key === prefix || key.startsWith(`${prefix}/`);
}

/** The order in which S3 lists: by the bytes of UTF-8. */
export const compareKeys = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
