import { wordFault } from '@onrecord/shared/config/word-fault';
import { checkSizes } from './check-sizes.ts';
import { checkWays, type Fault } from './check-ways.ts';
import { checkWords } from './check-words.ts';
import { pathText } from './places.ts';
import { type VoiceFile, voiceFileSchema } from './voice-file.ts';

export type VoiceFileReading = { file: VoiceFile } | { problems: readonly string[] };

/** A voice file out of its JSON text, or everything that is wrong with it: each with its path in the file and what to do. */
export function readVoiceFile(text: string): VoiceFileReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`it is not JSON: ${(error as Error).message}`] };
  }
  const result = voiceFileSchema.safeParse(value, { error: wordVoiceFault });
  if (!result.success) return { problems: [...told(result.error.issues), MORE] };
  const file = result.data;
  const faults = [...checkWords(file), ...checkSizes(file), ...checkWays(file)];
  return faults.length === 0 ? { file } : { problems: told(faults) };
}

const wordVoiceFault: typeof wordFault = (issue) => {
  const said = wordFault(issue);
  return issue.input === undefined && said !== undefined ? `it is missing: ${said}` : said;
};

/** How parts belong together is only looked at in a file whose parts are right. */
const MORE = 'more may be found once this is mended: names, words, sizes and ways are checked after that';

const told = (faults: readonly Fault[]) =>
  faults.map(({ path, message }) => `${pathText(path) || 'the file'}: ${message}`);
