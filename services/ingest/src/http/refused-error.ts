/** A request that is answered with a 4xx and nothing else happens. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: 400 | 403 | 404 | 405 | 413 | 415;

  constructor(status: RefusedError['status'], message: string) {
    super(message);
    this.status = status;
  }
}
