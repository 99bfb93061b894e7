/** What was fetched is not usable now: it may be later. */
export class FetchUnavailableError extends Error {
  override readonly name: string = 'FetchUnavailableError';
}

/** Nobody was asked, because it failed a moment ago. */
export class FetchPausedError extends FetchUnavailableError {
  override readonly name = 'FetchPausedError';
}

export interface FetchLimits {
  timeoutMs: number;
  bytesMax: number;
  /** After a failure, nobody asks again for so long: whoever sends bad tokens makes no load on somebody else's server. */
  pauseMs: number;
}

/** Fetches JSON by GET, within limits, and follows no redirect. */
export function createBoundedFetch({ timeoutMs, bytesMax, pauseMs }: FetchLimits) {
  let pausedUntilMs = 0;
  return async (url: string): Promise<Response> => {
    if (performance.now() < pausedUntilMs) throw new FetchPausedError(`${url} could not be read a moment ago`);
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      const response = await fetch(url, { redirect: 'manual', signal, headers: { accept: 'application/json' } });
      if (response.status !== 200) throw new FetchUnavailableError(`${url} answers ${response.status}`);
      const text = await readBounded(response, bytesMax);
      JSON.parse(text);
      return new Response(text);
    } catch (error) {
      pausedUntilMs = performance.now() + pauseMs;
      if (error instanceof FetchUnavailableError) throw error;
      throw new FetchUnavailableError(`${url} cannot be read: ${(error as Error).message}`, { cause: error });
    }
  };
}

async function readBounded(response: Response, bytesMax: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new FetchUnavailableError(`${response.url} answers more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
