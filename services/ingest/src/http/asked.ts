/** What of a request its signature is checked with, beside its body. Hono's context is one. */
export interface Asked {
  req: { url: string; header(name: string): string | undefined };
  /** Node's own request, where there is one. */
  env?: unknown;
}
