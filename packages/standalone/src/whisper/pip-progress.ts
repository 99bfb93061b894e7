const BAR_CELLS = 24;
/** Smaller packages are not worth a line. */
const TOLD_MEGABYTES = 5;

/**
 * Reads what pip says while it installs, and makes a line of it now and then. Source: pip 23 and later, which name each file and its size
 * when they begin to fetch it or find it in their cache.
 * @param totalMegabytes of all files, about
 */
export function createPipProgress(totalMegabytes: number): (line: string) => string | undefined {
  let before = 0;
  return (line) => {
    if (/^\s*Installing collected packages/.test(line)) return bar(1, 'unpacking');
    const file =
      /^\s*(?:Downloading|Using cached) (?:\S*\/)?([^\s/]+)-\d\S*\.(?:whl|tar\.gz) \(([\d.]+) (kB|MB)\)/.exec(line);
    if (file === null) return undefined;
    const [, name = '', size, unit] = file;
    const megabytes = Number(size) / (unit === 'MB' ? 1 : 1_000);
    const part = Math.min(1, before / totalMegabytes);
    before += megabytes;
    return megabytes < TOLD_MEGABYTES
      ? undefined
      : bar(part, `${name.replaceAll('_', '-')}, ${Math.round(megabytes)} MB`);
  };
}

function bar(part: number, what: string): string {
  const full = Math.round(part * BAR_CELLS);
  return `  [${'#'.repeat(full)}${'.'.repeat(BAR_CELLS - full)}] ${String(Math.round(part * 100)).padStart(3)} %  ${what}`;
}
