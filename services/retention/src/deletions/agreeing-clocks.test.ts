import { Writable } from 'node:stream';
import { createLogger } from '@onrecord/shared/telemetry/logger';
import { expect, it } from 'vitest';
import { agreeingClocks, tellingClocks } from './agreeing-clocks.ts';

const NOON = Date.UTC(2026, 2, 8, 12);
const SECOND = 1_000;

/** Asks while the process reads one time after the other. */
async function ask(databaseMs: number, ...processMs: [number, number]) {
  const told: (number | undefined)[] = [];
  const times = processMs.values();
  const agree = await agreeingClocks({
    clock: () => new Date(times.next().value ?? Number.NaN),
    databaseClock: async () => new Date(databaseMs),
    differenceMaxMs: 60 * SECOND,
    onChange: (differenceMs) => told.push(differenceMs),
  })();
  return { agree, told };
}

it('takes clocks that are a little apart for agreeing', async () => {
  expect(await ask(NOON, NOON + 59 * SECOND, NOON + 59 * SECOND)).toEqual({ agree: true, told: [] });
  expect(await ask(NOON, NOON - 59 * SECOND, NOON - 59 * SECOND)).toEqual({ agree: true, told: [] });
});

it('tells how far a clock was set forward or back', async () => {
  expect(await ask(NOON, NOON + 3_600 * SECOND, NOON + 3_600 * SECOND)).toEqual({ agree: false, told: [3_600_000] });
  expect(await ask(NOON, NOON - 3_600 * SECOND, NOON - 3_600 * SECOND)).toEqual({ agree: false, told: [-3_600_000] });
});

it('holds a slow answer against nobody', async () => {
  expect(await ask(NOON, NOON - 90 * SECOND, NOON + 1)).toEqual({ agree: true, told: [] });
});

it('does not trust a clock that goes back while it is asked for', async () => {
  expect((await ask(NOON, NOON, NOON - 1)).agree).toBe(false);
});

// Each sweep said it again, several times a minute, and how far the clocks were apart was dropped from the line.
it('says once that clocks are apart, with both numbers, and once that they agree again', async () => {
  const lines: { level: string; msg: string }[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const logger = createLogger({ service: 'test', level: 'info', destination });
  let aheadMs = 0;
  const agree = agreeingClocks({
    clock: () => new Date(NOON + aheadMs),
    databaseClock: async () => new Date(NOON),
    differenceMaxMs: 60 * SECOND,
    onChange: tellingClocks(logger, 60 * SECOND),
  });
  for (aheadMs of [0, 3_600 * SECOND, 3_601 * SECOND, 0, 0, -90 * SECOND]) await agree();
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
    ['error', expect.stringContaining('is 3600 s ahead of that of the database, and 60 s are allowed')],
    ['info', expect.stringContaining('agree again')],
    ['error', expect.stringContaining('is 90 s behind that of the database')],
  ]);
});
