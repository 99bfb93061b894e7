import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { explainFile } from '@onrecord/shared/file-system/explain-file';
import { POLICY_BYTES_MAX, readPolicy } from '@onrecord/shared/policy/read-policy';
import { CommandError } from '../../errors.ts';
import { onlyArgument } from '../../positionals.ts';

/** The text of the one file that is named; `-` is the standard input. @throws UsageError, CommandError */
export async function readPolicyFile(positionals: readonly string[], example: string): Promise<string> {
  const file = onlyArgument(positionals, example, 'the file');
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read (${explainFile(error)}): name the file of a policy`);
  }
}

/** What is wrong with it, as lines that an editor can jump to. */
export function faultsIn(source: string, file: string): string[] {
  if (source.length > POLICY_BYTES_MAX) return [`${file}: a policy has at most ${POLICY_BYTES_MAX} bytes`];
  return (readPolicy(source).faults ?? []).map(({ line, column, text: said }) => {
    return `${file}:${line}:${column}: ${said.replace(/^line \d+, column \d+: /, '')}`;
  });
}
