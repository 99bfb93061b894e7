/** What arrived at `POST /v1/listen`, one entry a request, whatever became of it. */
export interface ListenRequest {
  requestId: string;
  /** Of the bytes that arrived. */
  sha256: string;
  /** Bytes of the body that arrived, of aborted and refused requests too. */
  bytes: number;
  /** When it ended, ISO 8601. */
  at: string;
  query: string;
  outcome: 'answered' | 'aborted' | `refused-${number}`;
}

/** Requests that are remembered; the oldest go first. */
const REQUESTS_MAX = 100_000;

export function createRequestLog() {
  const requests: ListenRequest[] = [];
  return {
    requests: requests as readonly ListenRequest[],
    add(request: ListenRequest): void {
      requests.push(request);
      if (requests.length > REQUESTS_MAX) requests.shift();
    },
  };
}
