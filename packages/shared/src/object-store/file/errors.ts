import { ObjectStoreError } from '../port.ts';

interface Remedy {
  /** What is wrong with the path, and what a person can do about it. */
  text: string;
  retryable: boolean;
}

const fullDisk: Remedy = {
  text: 'the disk is full. Free some space, shorten the retention period, or move RECORDINGS_BUCKET to a larger disk',
  retryable: true,
};
const forbidden: Remedy = {
  text: 'this user may not write or read there. Correct its owner or permissions, or choose another RECORDINGS_BUCKET',
  retryable: false,
};
const blocked: Remedy = {
  text: 'a file stands where a folder is needed, or the reverse. Move it away',
  retryable: false,
};
const noLinks: Remedy = {
  text: 'its file system has no hard links, which create-only writes need. Choose a RECORDINGS_BUCKET on another one',
  retryable: false,
};

const REMEDIES: Readonly<Record<string, Remedy>> = {
  ENOSPC: fullDisk,
  EDQUOT: fullDisk,
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: { text: 'it is mounted read-only. Choose another RECORDINGS_BUCKET', retryable: false },
  ENOENT: {
    text: 'the folder is gone. Was its disk unmounted? Bring it back, or start again to create the folder anew',
    retryable: true,
  },
  ENOTDIR: blocked,
  EISDIR: blocked,
  ENAMETOOLONG: { text: 'its name is too long for this file system', retryable: false },
  ENOTSUP: noLinks,
  EOPNOTSUPP: noLinks,
};

/** Gives an error of the file system its remedy. What is an ObjectStoreError already stays as it is. */
export function toFileStoreError(error: unknown, path: string): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const remedy = code === undefined ? undefined : REMEDIES[code];
  return remedy
    ? new ObjectStoreError(`${path}: ${remedy.text} (${code})`, { retryable: remedy.retryable, cause: error })
    : new ObjectStoreError(`${path}: ${message}`, { retryable: true, cause: error });
}

export const hasCode = (error: unknown, ...codes: string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException | undefined)?.code ?? '');
