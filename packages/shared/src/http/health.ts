import { Hono } from 'hono';
import { problemResponse } from './problem.ts';
import { within } from './within.ts';

/** Each check resolves when what it stands for can be used, and throws otherwise. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<void>>>;

/** A check that takes longer counts as failed, so that a probe always gets an answer. */
const CHECK_TIMEOUT_MS = 3_000;

/** `/healthz`: the process lives. `/readyz`: 200, or 503 with the name of everything that is missing. */
export function healthRoutes(checks: ReadinessChecks): Hono {
  const app = new Hono();
  app.get('/healthz', (c) => c.json({ status: 'ok' }));
  app.get('/readyz', async (c) => {
    const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await passes(check)]));
    const missing = results.filter(([, ok]) => !ok).map(([name]) => name);
    return missing.length === 0 ? c.json({ status: 'ready' }) : c.json({ status: 'not ready', missing }, 503);
  });
  for (const path of ['/healthz', '/readyz']) {
    app.all(path, () => problemResponse({ status: 405, title: 'use GET' }, { allow: 'GET' }));
  }
  return app;
}

async function passes(check: () => Promise<void>): Promise<boolean> {
  try {
    await within(CHECK_TIMEOUT_MS, check());
    return true;
  } catch {
    return false;
  }
}
