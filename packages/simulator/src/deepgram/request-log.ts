/** What arrived at `POST /v1/listen`, one entry a request from its first byte on, whatever becomes of it. */
export interface ListenRequest {
  requestId: string;
  query: string;
  /** When it began, ISO 8601. */
  at: string;
  /** Bytes of the body that arrived so far, of aborted and refused requests too. */
  bytes: number;
  /** Of the bytes that arrived; empty while they do. */
  sha256: string;
  /** The recording that the audio is of, where it says so: known from its first kilobytes, of an aborted upload too. */
  recordingSid?: string;
  outcome: 'receiving' | 'answered' | 'aborted' | `refused-${number}`;
  /** How each attempt to deliver the answer by callback was answered; 0 where nobody did. Absent without a callback. */
  callbackStatuses?: number[];
}

/** Requests that are remembered; the oldest go first. */
const REQUESTS_MAX = 100_000;

export function createRequestLog() {
  const requests: ListenRequest[] = [];
  return {
    requests: requests as readonly ListenRequest[],
    begin(request: Pick<ListenRequest, 'requestId' | 'query' | 'at'>) {
      const entry: ListenRequest = { ...request, bytes: 0, sha256: '', outcome: 'receiving' };
      requests.push(entry);
      if (requests.length > REQUESTS_MAX) requests.shift();
      return {
        heard({ bytes, recordingSid }: { bytes: number; recordingSid?: string | undefined }): void {
          entry.bytes = bytes;
          if (recordingSid !== undefined) entry.recordingSid = recordingSid;
        },
        calledBack(status: number): void {
          entry.callbackStatuses = [...(entry.callbackStatuses ?? []), status];
        },
        end(outcome: ListenRequest['outcome'], sha256: string): void {
          entry.outcome = outcome;
          entry.sha256 = sha256;
        },
      };
    },
  };
}
