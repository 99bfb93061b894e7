import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Long enough for what takes milliseconds on a machine that has nothing else to do: Vitest's one second is less than two processors
 * take that run two files at once.
 */
const PATIENCE_MS = 30_000;
/** Above each single wait, so that one that is in vain fails with its own words. */
const TEST_TIMEOUT_MS = 60_000;
/** What a test waits for without naming a time. */
const PATIENT = {
  setupFiles: 'test/patience.ts',
  provide: { patienceMs: PATIENCE_MS },
  expect: { poll: { timeout: PATIENCE_MS } },
};
/** Two also on two processors, where Vitest takes one: most tests wait for a server more than they compute. */
const MAX_WORKERS = Math.max(2, availableParallelism() - 1);

export default defineConfig({
  test: {
    maxWorkers: MAX_WORKERS,
    projects: [
      {
        test: {
          name: 'unit',
          sequence: { groupOrder: 0 },
          include: [
            'packages/**/*.test.ts',
            'services/**/*.test.ts',
            'test/servers/**/*.test.ts',
            'test/deployment/**/*.test.ts',
          ],
          ...PATIENT,
          testTimeout: TEST_TIMEOUT_MS,
          hookTimeout: TEST_TIMEOUT_MS,
        },
      },
      {
        test: {
          name: 'conformance',
          // After the unit tests: groups with short sessions need the processors that they would share.
          sequence: { groupOrder: 1 },
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: 'test/servers/global-setup.ts',
          ...PATIENT,
          // Some run one command line after the other, each a process that starts for seconds on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'end-to-end',
          sequence: { groupOrder: 2 },
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: 'test/servers/global-setup.ts',
          ...PATIENT,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
