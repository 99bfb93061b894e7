import { SEAM, unspacedRuns } from './search-text.ts';

/** A place where what was looked for was said. */
export interface Highlight {
  /** Which turn of the transcript, from 0. */
  turn: number;
  speaker: string;
  /** In seconds. */
  start: number;
  end: number;
  /** What was said, or the part of it with the first word that was found. Plain: it is nobody's markup. */
  text: string;
  /** Where in `text` the words are that were found, in UTF-16 code units; `end` is behind the last. */
  marks: { start: number; end: number }[];
}

/** Around a word: characters for private use, which no kept text has. */
export const MARK = { start: '\ue000', end: '\ue001' } as const;

/** Of a turn that is longer, this much is shown, in characters. */
const TEXT_MAX = 400;
/** So much of it is before the first word that was found. */
const BEFORE_MAX = 100;

/**
 * @param asked what was looked for: of a script without spaces only all of it together counts, and not each of its characters
 * @param marked the body of a search text with a MARK around each word that was found
 * @returns how many turns have such words, and the first of them
 */
export function toHighlights(
  marked: string,
  turns: readonly { speaker: string; start: number; end: number }[],
  asked: string,
  atMost: number,
): { matches: number; highlights: Highlight[] } {
  const runs = unspacedRuns(asked);
  const found = marked.split('\n').flatMap((line, turn) => {
    if (!line.includes(MARK.start)) return [];
    const { text, marks } = readMarks(line);
    const kept = marks.filter(({ start, end }) => isWhole(text.slice(start, end), runs));
    return kept.length === 0 ? [] : [{ turn, text, marks: kept }];
  });
  const highlights = found.slice(0, atMost).flatMap(({ turn, ...spokenText }) => {
    const spoken = turns[turn];
    return spoken === undefined ? [] : [{ turn, ...spoken, ...window(spokenText) }];
  });
  return { matches: found.length, highlights };
}

const isWhole = (word: string, runs: readonly string[]) =>
  unspacedRuns(word).length === 0 || runs.some((run) => word.includes(run));

interface Marked {
  text: string;
  marks: { start: number; end: number }[];
}

function readMarks(line: string): Marked {
  let text = '';
  const marks: Marked['marks'] = [];
  for (const piece of line.replaceAll(SEAM, '').split(/(?=[\ue000\ue001])/u)) {
    if (piece.startsWith(MARK.start)) marks.push({ start: text.length, end: text.length });
    const last = marks.at(-1);
    if (piece.startsWith(MARK.end) && last !== undefined) last.end = text.length;
    text += piece.replace(/^[\ue000\ue001]/u, '');
  }
  return { text, marks: joined(marks) };
}

/** Marks that touch are one: characters of unspaced scripts are words of their own. */
function joined(marks: Marked['marks']): Marked['marks'] {
  const whole: Marked['marks'] = [];
  for (const mark of marks) {
    const last = whole.at(-1);
    if (last?.end === mark.start) last.end = mark.end;
    else whole.push({ ...mark });
  }
  return whole;
}

function window({ text, marks }: Marked): Marked {
  const from = text.length <= TEXT_MAX ? 0 : whole(text, Math.max(0, (marks[0]?.start ?? 0) - BEFORE_MAX));
  const to = whole(text, Math.min(text.length, from + TEXT_MAX));
  const [before, after] = [from > 0 ? '…' : '', to < text.length ? '…' : ''];
  const moved = marks
    .filter(({ start, end }) => start >= from && end <= to)
    .map(({ start, end }) => ({ start: start - from + before.length, end: end - from + before.length }));
  return { text: `${before}${text.slice(from, to)}${after}`, marks: moved };
}

/** Not in the middle of a character of two code units. */
const whole = (text: string, at: number) => (/[\udc00-\udfff]/.test(text[at] ?? '') ? at - 1 : at);
