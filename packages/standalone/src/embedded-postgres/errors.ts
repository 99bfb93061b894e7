/** Another live process works on the folder. */
export class DataFolderInUseError extends Error {
  override readonly name = 'DataFolderInUseError';
  readonly folder: string;
  readonly pid: number;
  constructor(folder: string, pid: number, where = '') {
    super(
      `the data folder ${folder} is in use by process ${pid}${where}: stop that one, or give this one another folder with ONRECORD_DATA_DIR`,
    );
    this.folder = folder;
    this.pid = pid;
  }
}

/** The folder, or the Postgres in it, cannot be used. The message is one line with a remedy, then perhaps the server's last words. */
export class DataFolderError extends Error {
  override readonly name = 'DataFolderError';
}

const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ELOOP', 'ENAMETOOLONG']);
const A_FILE = 'remove the file in its place';
const REMEDIES: Readonly<Record<string, string>> = {
  ENOTDIR: A_FILE,
  EEXIST: A_FILE,
  EROFS: 'mount its disk writable',
  // Also what Node makes of a read-only disk where several folders are missing.
  ENOENT: 'its place is missing or read-only, as where a disk is not mounted: mend that',
};
const DISK_FULL = /No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/i;

/** Whether what a program said, or an error's code, means that nothing more can be written. */
export const isDiskFull = (text: string) => DISK_FULL.test(text);

/** Turns what went wrong with files of `folder` into one line; other errors are returned as they are. */
export function explainFolderError(error: unknown, folder: string): unknown {
  if (!(error instanceof Error) || error instanceof DataFolderError || error instanceof DataFolderInUseError)
    return error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (isDiskFull(`${code} ${error.message}`)) return diskFull(folder, error);
  if (!NOT_WRITABLE.has(code)) return error;
  const remedy = REMEDIES[code] ?? `make it writable for ${user()}`;
  return new DataFolderError(
    `the data folder ${folder} cannot be used (${code}): ${remedy}, or give another one with ONRECORD_DATA_DIR`,
    { cause: error },
  );
}

export const diskFull = (folder: string, cause?: unknown) =>
  new DataFolderError(
    `the disk of the data folder ${folder} is full: free some space and start again; nothing that was stored is lost`,
    { cause },
  );

const user = () => (process.getuid === undefined ? 'this user' : `user ${process.getuid()}`);
