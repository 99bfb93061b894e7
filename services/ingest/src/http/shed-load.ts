import type { IncomingMessage } from 'node:http';
import { problemResponse } from '@onrecord/shared/http/problem';
import type { Fetch } from '@onrecord/shared/http/serve';
import { RefusedError } from './refused-error.ts';

export interface LoadLimits {
  requestsInFlightMax: number;
  /** Of all bodies of callbacks and calls that are being answered, as far as they arrived, in bytes. */
  bodiesBytesMax: number;
  /** The same of alerts and events, which may be long: they leave the room of the others alone. */
  alertBodiesBytesMax: number;
}

/** Which bodies share their room. */
export type BodyKind = 'bodies' | 'alert-bodies';

export const SHED_REASONS = ['requests', 'bodies', 'alert-bodies', 'connections'] as const;
export type ShedReason = (typeof SHED_REASONS)[number];

/** Is told of a body's bytes as they arrive. @throws RefusedError when there is no room for them beside the others */
export type Arrive = (kind: BodyKind, bytes: number) => void;

const TITLE = 'too much is asked at a time';
/** Seconds; for whoever honours it. */
const RETRY_AFTER = { 'retry-after': '1' };

/**
 * Answers 503 what would be too much at a time. What a request says of its length counts for nothing, only what arrived: otherwise a
 * few that announce much and send nothing would keep everybody out. For the same reason a request whose body is still awaited takes no
 * place: of these there is one a connection, and their bytes are bounded. Whoever asks whether the service lives is always told: an
 * orchestrator that is refused would restart it, and make the load worse.
 */
export function shedLoad(fetch: Fetch, limits: LoadLimits, shed: (reason: ShedReason) => void) {
  const unanswered = new Set<IncomingMessage>();
  const arrived = { bodies: 0, 'alert-bodies': 0 };
  const bytesMax = { bodies: limits.bodiesBytesMax, 'alert-bodies': limits.alertBodiesBytesMax };
  const isRoom = () => !areComplete(unanswered, limits.requestsInFlightMax);
  const counted = async (
    incoming: IncomingMessage,
    work: (arrive: Arrive) => Response | Promise<Response>,
  ): Promise<Response> => {
    const own = { bodies: 0, 'alert-bodies': 0 };
    unanswered.add(incoming);
    try {
      return await work((kind, bytes) => {
        if (arrived[kind] + bytes > bytesMax[kind]) {
          shed(kind);
          throw new RefusedError(503, TITLE, { headers: RETRY_AFTER });
        }
        arrived[kind] += bytes;
        own[kind] += bytes;
      });
    } finally {
      unanswered.delete(incoming);
      arrived.bodies -= own.bodies;
      arrived['alert-bodies'] -= own['alert-bodies'];
    }
  };
  const answer: Fetch = async (request, env) => {
    if (!isRoom() && !isProbe(env.incoming)) {
      shed('requests');
      return problemResponse({ status: 503, title: TITLE }, RETRY_AFTER);
    }
    return counted(env.incoming, (arrive) => fetch(request, { ...env, arrive } as Parameters<Fetch>[1]));
  };
  return { fetch: answer, inFlight: () => unanswered.size, isRoom, counted };
}

/** Whether at least `count` of them have arrived as a whole; with fewer there, as nearly always, none is looked at. */
function areComplete(requests: ReadonlySet<IncomingMessage>, count: number): boolean {
  let spare = requests.size - count;
  if (spare < 0) return false;
  for (const { complete } of requests) {
    if (!complete) spare -= 1;
    if (spare < 0) return false;
  }
  return true;
}

/** What to tell of the body of a request that came through `shedLoad`; tests ask the app directly. */
export function arrivalsOf({ env }: { env?: unknown }, kind: BodyKind): (bytes: number) => void {
  const { arrive } = (env ?? {}) as { arrive?: Arrive };
  return (bytes) => arrive?.(kind, bytes);
}

const isProbe = ({ url = '' }: IncomingMessage) => /^\/(healthz|readyz)(\?|$)/.test(url);
