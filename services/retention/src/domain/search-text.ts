/** What was said, as it is searched. */
export interface SearchText {
  /** Of Postgres' text search; it knows the language's endings and its smallest words. */
  config: string;
  /** A line for each turn. */
  body: string;
  turns: { speaker: string; start: number; end: number }[];
  /** Only its beginning is searched. */
  isCut: boolean;
}

interface Transcript {
  language?: string | undefined;
  turns: readonly { speaker: string; start: number; end: number; text: string }[];
}

/**
 * What Postgres can index of one text: its vector of words has at most 1 MiB ("Text Search Limitations"), and takes at most about
 * twice the room of the text. As speech it is some eight hours.
 */
const BODY_BYTES_MAX = 400_000;

/** By primary language subtag (RFC 5646); Postgres 14 and later have these. */
const CONFIGS: Readonly<Record<string, string>> = {
  ...{
    ar: 'arabic',
    ca: 'catalan',
    da: 'danish',
    de: 'german',
    el: 'greek',
    en: 'english',
    es: 'spanish',
    eu: 'basque',
  },
  ...{ fi: 'finnish', fr: 'french', ga: 'irish', hi: 'hindi', hu: 'hungarian', hy: 'armenian', id: 'indonesian' },
  ...{ it: 'italian', lt: 'lithuanian', ne: 'nepali', nl: 'dutch', no: 'norwegian', nb: 'norwegian', nn: 'norwegian' },
  ...{
    pt: 'portuguese',
    ro: 'romanian',
    ru: 'russian',
    sr: 'serbian',
    sv: 'swedish',
    ta: 'tamil',
    tr: 'turkish',
    yi: 'yiddish',
  },
};

/** Words as they are, where nothing is known of the language. */
const OTHER_CONFIG = 'simple';

export const searchConfigOf = (language: string | undefined): string =>
  CONFIGS[language?.split(/[-_]/)[0]?.toLowerCase() ?? ''] ?? OTHER_CONFIG;

/** Scripts that put no spaces between their words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]\p{M}*/gu;

/** Takes words apart for the search, and nobody sees it. ASCII, since to Postgres every other character may be a letter. */
export const SEAM = '\u001f';

/** Each character of an unspaced script becomes a word, so that any part of what was said can be found. */
const takeApart = (text: string) => text.replace(UNSPACED, `${SEAM}$&${SEAM}`);

/** @returns what is kept of a transcript for searching */
export function toSearchText({ language, turns }: Transcript): SearchText {
  const lines: string[] = [];
  const kept: SearchText['turns'] = [];
  let bytes = 0;
  for (const { speaker, start, end, text } of turns) {
    const line = takeApart(plain(text));
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > BODY_BYTES_MAX) break;
    lines.push(line);
    kept.push({ speaker: plain(speaker), start, end });
  }
  return { config: searchConfigOf(language), body: lines.join('\n'), turns: kept, isCut: kept.length < turns.length };
}

/** One spelling of each character, and no control character or one for private use: lines and marks are told by those. */
const plain = (text: string) =>
  text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Co}\u2028\u2029\u200b]+/gu, ' ')
    .trim();

/** What somebody looks for, in the words in which texts are kept: characters of unspaced scripts must follow each other. */
export function toSearchWords(asked: string): string {
  return plain(asked)
    .split('"')
    .map((part, index) => (index % 2 === 1 ? takeApart(part) : part.replace(UNSPACED_RUN, phrase)))
    .join('"');
}

const UNSPACED_RUN = new RegExp(`(?:${UNSPACED.source})+`, 'gu');
/** What is written without spaces, piece by piece. */
export const unspacedRuns = (text: string): string[] => plain(text).match(UNSPACED_RUN) ?? [];

const phrase = (run: string) => ` "${takeApart(run)}" `;
