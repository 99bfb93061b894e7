/** An error answer after RFC 9457, "Problem Details for HTTP APIs". */
export interface Problem {
  status: number;
  title: string;
  /** What to do about it, in one sentence. */
  detail?: string | undefined;
  /** The request parameter at fault. */
  parameter?: string | undefined;
  /** Of how many things something would be deleted at once, where that is to be confirmed. */
  dueNow?: number | undefined;
}

export function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify({ type: 'about:blank', ...problem }), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}
