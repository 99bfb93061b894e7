import { z } from 'zod';
import type { Connection } from './connection.ts';
import { CommandError } from './errors.ts';

/** A records API answers within milliseconds; this is for one that hangs. */
const TIMEOUT_MS = 30_000;

export interface ApiClient {
  /** @throws CommandError with the API's own explanation */
  get(path: string, query?: Readonly<Record<string, string | undefined>>): Promise<Response>;
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

const problem = z.looseObject({ title: z.string().optional(), detail: z.string().optional() });

export function createApiClient({ url, token }: Connection): ApiClient {
  const base = url.replace(/\/+$/, '');
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(`${base}${path}`, { ...init, headers, signal }).catch((error: unknown) => {
      throw unreachable(base, error);
    });
    if (!response.ok) throw await refusal(base, response);
    return response;
  };
  return {
    get: (path, query = {}) => {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
      return send(`${path}${search}`, {});
    },
    post: (path, body, headers = {}) =>
      send(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
  };
}

function unreachable(base: string, error: unknown): CommandError {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return new CommandError(`${base} did not answer within ${TIMEOUT_MS / 1_000} s`);
  }
  return new CommandError(`nothing answers at ${base}: start it with \`npx -y pnpm@10 start\``);
}

async function refusal(base: string, response: Response): Promise<CommandError> {
  const body = problem.safeParse(await response.json().catch(() => undefined));
  if (response.status === 401) {
    return new CommandError(`${base} refuses the token: RECORDS_API_TOKEN must be the one that it was started with`);
  }
  const said = body.success ? (body.data.detail ?? body.data.title) : undefined;
  return new CommandError(said ?? `${base} answers ${response.status}, which is no answer of a records API`);
}
