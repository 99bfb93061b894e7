import { readFileSync } from 'node:fs';
import { explainFile } from '@onrecord/shared/file-system/explain-file';
import { type CorrectionsFile, correctionsFile } from '../domain/jurisdictions/schema.ts';

/** The corrections at this path, or each reason why they cannot be used. */
export function loadCorrections(path: string): { file?: CorrectionsFile; problems: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === undefined
      ? { problems: [`it is no JSON (${message}): write it as docs/consent.md says`] }
      : { problems: [`it cannot be read (${explainFile(error)}): give the path of a file that this process may read`] };
  }
  const { success, data, error } = correctionsFile.safeParse(json);
  if (success) return { file: data, problems: [] };
  return { problems: error.issues.map(({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`) };
}
