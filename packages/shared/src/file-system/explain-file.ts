const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'it is not yours to read or write',
  EPERM: 'it is not yours to read or write',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is a file, and no folder',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
};

/** Why a file could not be read or written, for a sentence that names it: `there is no such file or folder`. */
export function explainFile(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message;
}
