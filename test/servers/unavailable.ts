/** A server that this machine cannot run, with the reason; its suites are then reported as skipped, and failed where `CI=true`. */
export class ServerUnavailableError extends Error {
  override readonly name = 'ServerUnavailableError';
}

/** A started server, or why there is none and its suites are to be skipped. With `CI=true` that is an error instead. */
export async function startOrExplain<T>(start: () => Promise<T>): Promise<{ server: T } | { reason: string }> {
  try {
    return { server: await start() };
  } catch (error) {
    if (!(error instanceof ServerUnavailableError) || process.env.CI === 'true') throw error;
    return { reason: error.message };
  }
}
