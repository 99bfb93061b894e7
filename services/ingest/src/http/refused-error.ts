interface Details {
  /** The request parameter at fault. */
  parameter?: string;
  headers?: Readonly<Record<string, string>>;
  seen?: Seen;
}

/** What the log says of the request beside the reason, and the answer does not. */
interface Seen {
  method?: string;
  /** Of the body, where it was said. */
  bytes?: number | undefined;
  remedy?: string;
}

/** A request that is answered with a 4xx, or 503 when too much comes at a time, and nothing else happens. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: 400 | 403 | 404 | 405 | 413 | 415 | 503;
  readonly parameter: string | undefined;
  /** Of the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly seen: Seen;

  constructor(status: RefusedError['status'], message: string, { parameter, headers = {}, seen = {} }: Details = {}) {
    super(message);
    this.status = status;
    this.parameter = parameter;
    this.headers = headers;
    this.seen = seen;
  }
}
