/** Fits a terminal of 100 columns. */
const WIDTH = 100;
const STEP_WIDTH = 11;
/** A SID is 34 characters; its first eight tell calls of one evening apart, and commands take the whole one. */
const SID_SHOWN = 8;

const INDENT = ' '.repeat(2 + STEP_WIDTH);

/** One thing that happened, with its text wrapped below itself. */
export function line(step: string, sid: string, text: string): string {
  const head = `  ${step.padEnd(STEP_WIDTH)}${shortSid(sid)}  `;
  return wrap(shorten(text), WIDTH - head.length)
    .map((part, index) => (index === 0 ? head : ' '.repeat(head.length)) + part)
    .join('\n');
}

/** A text with lines of its own, such as a transcript, below what happened. */
export const block = (text: string): string => text.trimEnd().replace(/^(?=.)/gm, INDENT);

const shortSid = (sid: string) => `${sid.slice(0, SID_SHOWN)}…`;

/** What a reason names in full, in as much as a person reads: SIDs by their beginning, times of today by the clock. */
const shorten = (text: string) =>
  text
    .replace(/\b[A-Z]{2}[0-9a-f]{32}\b/g, shortSid)
    .replace(/\b\d{4}-\d{2}-\d{2}T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z/g, '$1 UTC');

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
