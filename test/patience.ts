import { inject, vi } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    patienceMs: number;
  }
}

const { waitFor, waitUntil } = vi;
vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));

/** Options as a test gave them; where it named no time, the one of all tests. */
function patient(options: Parameters<typeof waitFor>[1]) {
  return typeof options === 'number' ? options : { timeout: inject('patienceMs'), ...options };
}
