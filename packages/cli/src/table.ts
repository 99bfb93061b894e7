/** A column that does not get its width shows at least this much. */
const LAST_COLUMN_MIN = 10;

/**
 * Lays rows out in columns. The last column takes what is left of the line and is cut with `…`; without a width (a pipe, a file)
 * nothing is cut.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[], width?: number): string {
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  const last = header.length - 1;
  const taken = widths.slice(0, last).reduce((sum, each) => sum + each + 2, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(LAST_COLUMN_MIN, width - taken);
  return lines
    .map((line) =>
      line
        .map((cell, column) => (column === last ? cut(cell, room) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const cut = (text: string, room: number) => (text.length <= room ? text : `${text.slice(0, room - 1)}…`);

/** `2026-03-01 10:00:00Z`: sortable, without fractions, in UTC whatever the machine's zone is. */
export const formatMoment = (moment: string | undefined): string =>
  moment === undefined ? '' : `${new Date(moment).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** `1:05` for 65 seconds. */
export function formatLength(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
