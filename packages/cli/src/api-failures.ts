import { z } from 'zod';
import type { Connection } from './connection.ts';
import { CommandError, RefusedRequest } from './errors.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';

/** Of 401 see below; a 400 is a wrong command line where a flag of it is named, which `inFlags` knows. All others failed. */
const STATUSES: Readonly<Record<number, ExitStatus>> = {
  403: EXIT.refused,
  404: EXIT.notFound,
  409: EXIT.conflict,
  // It was there, and nothing brings it back.
  410: EXIT.notFound,
  // The request is well-formed, and a value in it is not taken: a phone number in a name, a key of something else.
  422: EXIT.usage,
};

const problem = z.looseObject({ detail: z.string(), dueNow: z.number().optional() });

/** An answer that is no success, as what a person reads. */
export function failureOf(connection: Connection, response: Response, body: string): CommandError {
  const { api, url, source, tokenFrom } = connection;
  const location = response.headers.get('location');
  if (location !== null) return new CommandError(`${url} sends on to ${location}: check the address in ${source}`);
  // Every problem of the records API has a detail; one without is another server's, such as that on ingest's port.
  const said = readProblem(response, body);
  if (said === undefined) return oddAnswer(connection, response);
  const { detail, dueNow } = said;
  if (response.status === 401) {
    const place = tokenFrom === 'environment' ? `of ${api.tokenSetting}` : `in ${source}`;
    return new CommandError(`${url} refuses the token ${place}: ${detail}`, EXIT.refused);
  }
  return new RefusedRequest(detail, response.status, STATUSES[response.status], dueNow);
}

function readProblem(response: Response, body: string): z.output<typeof problem> | undefined {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  try {
    return problem.parse(JSON.parse(body));
  } catch {
    return undefined;
  }
}

/** Something answers, and it is something else. */
export function oddAnswer({ api, url, source }: Connection, response?: Response): CommandError {
  const what = response === undefined ? 'something else' : `${response.status} ${response.statusText}`.trim();
  const type = response?.headers.get('content-type');
  return new CommandError(
    `${url} answers ${what}${type ? ` (${type})` : ''}, which is no answer of ${api.name}: ` +
      `check ${source}, its port (${api.port} by default; 8080 is for Twilio) and any proxy in between`,
  );
}

/** What `fetch` throws, which says no more than "fetch failed" itself; a CommandError stays what it is. */
export function unreachable({ api, url, source }: Connection, error: unknown, timeoutMs: number): Error {
  if (error instanceof CommandError) return error;
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new CommandError(
      `${url} did not answer within ${timeoutMs / 1_000} s: check ${source} and any proxy in between`,
    );
  }
  const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  if (code === 'ECONNREFUSED') {
    const remedy = source === api.urlSetting ? `, or check ${source}` : '';
    return new CommandError(`nothing answers at ${url}: start it with \`npx -y pnpm@10 start\`${remedy}`);
  }
  return new CommandError(`${url} cannot be reached (${code ?? message}): check ${source} and any proxy in between`);
}
