/** Redrawing more often is nothing that an eye sees. */
const REDRAW_MS = 100;
const BAR_CELLS = 24;

export interface Progress {
  /** @param total what `done` will be at the end, where that is known */
  at(done: number, total?: number): void;
  /** Takes the bar away. */
  end(): void;
}

/**
 * A bar on a line of its own, redrawn in place.
 * @param draw writes to the terminal as it is; `undefined` where there is none, and then nothing is drawn
 * @param unit how a number is told, such as in megabytes
 */
export function createProgress(
  draw: ((text: string) => void) | undefined,
  what: string,
  unit: (count: number) => string = String,
): Progress {
  let drawnAtMs = 0;
  return {
    at(done, total) {
      const nowMs = performance.now();
      if (draw === undefined || (drawnAtMs > 0 && nowMs - drawnAtMs < REDRAW_MS)) return;
      drawnAtMs = nowMs;
      draw(`\r\u001b[K${what} ${drawBar(done, total, unit)}`);
    },
    end() {
      if (drawnAtMs > 0) draw?.('\r\u001b[K');
    },
  };
}

function drawBar(done: number, total: number | undefined, unit: (count: number) => string): string {
  if (total === undefined || total <= 0) return unit(done);
  const part = Math.min(1, done / total);
  const full = Math.round(part * BAR_CELLS);
  return `${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)} ${Math.floor(part * 100)} %  ${unit(done)} of ${unit(total)}`;
}

/** `3.4 MB`; what would be less than 0.1 of them in smaller units: `48 kB`, `512 bytes`. */
export function tellSize(bytes: number): string {
  if (bytes < 1_000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return bytes < 100_000 ? `${Math.round(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
