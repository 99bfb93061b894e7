import { problemResponse } from '@onrecord/shared/http/problem';
import { HTTPException } from 'hono/http-exception';

const PROBLEMS = {
  'bad-request': [400, 'The request is not usable'],
  unauthorized: [401, 'A token is needed'],
  forbidden: [403, 'This token may not do this'],
  beyond: [403, 'This token opens less than that'],
  restricted: [403, 'This may not be read now'],
  'not-found': [404, 'There is no such thing'],
  'other-method': [405, 'This is not done here'],
  removed: [410, 'This was removed when its period was over'],
  conflict: [409, 'This is not possible in the present state'],
  gone: [410, 'This is gone'],
  'too-large': [413, 'The request is too large'],
  'no-json': [415, 'The request is not JSON'],
  'no-such-range': [416, 'There is no such part'],
  'like-a-number': [422, 'This text looks like a telephone number'],
  'key-reused': [422, 'The Idempotency-Key was used for something else'],
  unavailable: [503, 'This cannot be done now'],
  'too-many': [429, 'Too many requests'],
  internal: [500, 'Something went wrong here'],
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

/** What a program needs of the detail without reading it (RFC 9457, section 3.2). */
interface ProblemMembers {
  /** Of how many recordings, or calls without any, something would be deleted at once: to be confirmed. */
  dueNow?: number;
}

/** Thrown by a route; becomes an answer as in RFC 9457. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: ProblemMembers;
  constructor(
    code: ProblemCode,
    detail: string,
    headers: Readonly<Record<string, string>> = {},
    members: ProblemMembers = {},
  ) {
    super(detail);
    this.code = code;
    this.headers = headers;
    this.members = members;
  }
}

export function problem(
  code: ProblemCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
  members: ProblemMembers = {},
): Response {
  const [status, title] = PROBLEMS[code];
  return problemResponse({ status, title, detail, ...members }, headers);
}

/** Turns whatever a route threw into a problem; only what nobody expected is logged. */
export function onError(log: (error: Error) => void) {
  return (error: Error): Response => {
    if (error instanceof ProblemError) return problem(error.code, error.message, error.headers, error.members);
    if (error instanceof HTTPException && error.status === 415) {
      return problem('no-json', 'Send the body as "Content-Type: application/json".');
    }
    // The only one that is left to Hono: a body that cannot be parsed.
    if (error instanceof HTTPException && error.status < 500) {
      return problem('bad-request', 'The body is not JSON: send it as /openapi.json describes it for this address.');
    }
    log(error);
    return problem('internal', 'The log of the retention service has the details. The request can be sent again.');
  };
}
