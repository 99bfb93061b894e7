import { accountSid } from '@onrecord/shared/events/envelope';
import { createTokenCheck } from '@onrecord/shared/http/bearer-token';
import { problemResponse } from '@onrecord/shared/http/problem';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Report } from '../reconcile/reconcile-on-demand.ts';

export interface OperatorApiOptions {
  /** Absent turns everything here off. */
  token: string | undefined;
  /** Why an account cannot be asked, where it cannot. */
  refuse(accountSid: string): string | undefined;
  reconcile(
    order: { since: Date; dryRun: boolean; accountSid?: string | undefined },
    signal: AbortSignal,
  ): AsyncGenerator<Report>;
  now(): Date;
  /** Ends what is going on. */
  signal: AbortSignal;
}

/** The ledger knows a repeated event for 90 days; what is older would be handled as if it were news. */
const SINCE_MAX_MS = 60 * 86_400_000;

const orderSchema = z.strictObject({
  since: z.iso.datetime({ offset: true }),
  dryRun: z.boolean(),
  /** All accounts where it is absent. */
  accountSid: accountSid.optional(),
});

/** What an operator asks of ingest, on the port of its metrics: never where Twilio calls. */
export function operatorApi({ token, refuse, reconcile, now, signal }: OperatorApiOptions): Hono {
  const app = new Hono();
  const check = token === undefined ? undefined : createTokenCheck(token);
  let isBusy = false;
  app.post('/reconcile', async (c) => {
    if (check === undefined) return problem(404, 'Set INGEST_API_TOKEN to turn this on.');
    if (check(c.req.header('authorization')) !== 'right') {
      return problem(401, 'Send the token as "Authorization: Bearer …"; it is the setting INGEST_API_TOKEN.');
    }
    const order = orderSchema.safeParse(await c.req.json().catch(() => undefined));
    if (!order.success)
      return problem(
        400,
        'Send {"since": an ISO 8601 time, "dryRun": true or false}, and "accountSid" for one account.',
      );
    const { dryRun, accountSid } = order.data;
    const refusal = accountSid === undefined ? undefined : refuse(accountSid);
    if (refusal !== undefined) return problem(400, `${refusal}.`);
    const since = new Date(order.data.since);
    const ageMs = now().getTime() - since.getTime();
    if (ageMs <= 0 || ageMs > SINCE_MAX_MS) return problem(400, 'Give a time in the past, at most 60 days ago.');
    if (isBusy) return problem(409, 'Ingest is reconciling for somebody else; try again when that is done.');
    isBusy = true;
    const stopping = new AbortController();
    const reports = reconcile({ since, dryRun, accountSid }, AbortSignal.any([signal, stopping.signal]));
    const end = () => {
      isBusy = false;
      stopping.abort();
    };
    const body = ReadableStream.from(lines(reports, end));
    return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
  });
  return app;
}

/** One JSON object a line; whoever reads slowly is waited for, and whoever goes ends it. The last line is `done` or `failed`. */
async function* lines(reports: AsyncGenerator<Report>, end: () => void): AsyncGenerator<Uint8Array> {
  const line = (value: object) => Buffer.from(`${JSON.stringify(value)}\n`);
  try {
    for await (const report of reports) yield line(report);
  } catch (error) {
    yield line({ failed: (error as Error).message });
  } finally {
    end();
  }
}

const TITLES = { 400: 'this is no order', 401: 'the token is missing or another', 404: 'turned off', 409: 'busy' };
const problem = (status: keyof typeof TITLES, detail: string) =>
  problemResponse({ status, title: TITLES[status], detail });
