import type { IncomingMessage } from 'node:http';
import { problemResponse } from '@onrecord/shared/http/problem';
import type { Fetch } from '@onrecord/shared/http/serve';

export interface LoadLimits {
  requestsInFlightMax: number;
  /** Of all bodies that are being answered, in bytes. */
  bodiesBytesMax: number;
  /** What a body may have that does not say how long it is. */
  bodyBytesMax: number;
  alertBodyBytesMax: number;
}

export type ShedReason = 'requests' | 'bodies' | 'connections';

/** Seconds; for whoever honours it. */
const RETRY_AFTER = { 'retry-after': '1' };

/**
 * Answers 503 what would be too much at a time, before its body is read. Whoever asks whether the service lives is always told: an
 * orchestrator that is refused would restart it, and make the load worse.
 */
export function shedLoad(fetch: Fetch, limits: LoadLimits, shed: (reason: ShedReason) => void) {
  let requests = 0;
  let bytes = 0;
  const reasonAgainst = (bodyBytes: number): ShedReason | undefined => {
    if (requests >= limits.requestsInFlightMax) return 'requests';
    return bodyBytes > 0 && bytes + bodyBytes > limits.bodiesBytesMax ? 'bodies' : undefined;
  };
  const counted = async (bodyBytes: number, work: () => Response | Promise<Response>): Promise<Response> => {
    requests += 1;
    bytes += bodyBytes;
    try {
      return await work();
    } finally {
      requests -= 1;
      bytes -= bodyBytes;
    }
  };
  const answer: Fetch = async (request, env) => {
    const bodyBytes = bodyBytesOf(env.incoming, limits);
    const reason = reasonAgainst(bodyBytes);
    if (reason !== undefined && !isProbe(env.incoming)) {
      shed(reason);
      return problemResponse({ status: 503, title: 'too much is asked at a time' }, RETRY_AFTER);
    }
    return counted(bodyBytes, () => fetch(request, env));
  };
  return {
    fetch: answer,
    inFlight: () => requests,
    isRoomFor: (bodyBytes: number) => !reasonAgainst(bodyBytes),
    counted,
  };
}

/** The most that a request's body can take here: what is longer than its route allows is not read. */
function bodyBytesOf({ headers, url = '' }: IncomingMessage, { bodyBytesMax, alertBodyBytesMax }: LoadLimits): number {
  const length = headers['content-length'];
  if (length !== undefined) return Math.min(Number(length), Math.max(bodyBytesMax, alertBodyBytesMax));
  if (headers['transfer-encoding'] === undefined) return 0;
  return /\/webhooks\/(debugger|events)\b/.test(url) ? alertBodyBytesMax : bodyBytesMax;
}

const isProbe = ({ url = '' }: IncomingMessage) => /^\/(healthz|readyz)(\?|$)/.test(url);
