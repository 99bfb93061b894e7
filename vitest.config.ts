import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

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
          // What takes a second here has taken more than Vitest's five beside a build.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'conformance',
          // After the unit tests: groups with short sessions need the processors that they would share.
          sequence: { groupOrder: 1 },
          include: ['test/conformance/**/*.test.ts'],
          globalSetup: 'test/servers/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'end-to-end',
          sequence: { groupOrder: 2 },
          include: ['test/end-to-end/**/*.test.ts'],
          globalSetup: 'test/servers/global-setup.ts',
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
