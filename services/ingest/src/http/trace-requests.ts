import { inSpan, isTracing } from '@onrecord/shared/telemetry/tracing/spans';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Hono, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';

/** Everything that Twilio calls; probes of the load balancer tell nothing. */
const TRACED = ['/webhooks/*', '/voice/*'];

/** Gives each request of Twilio a span. Without tracing nothing is added, so that nothing is paid. */
export function traceRequests(app: Hono, publicPath: string): void {
  if (!isTracing()) return;
  for (const paths of TRACED) app.use(`${publicPath}${paths}`, inServerSpan);
}

const inServerSpan: MiddlewareHandler = async (c, next) => {
  const { method } = c.req;
  const attributes = { 'http.request.method': method, 'url.scheme': new URL(c.req.url).protocol.slice(0, -1) };
  await inSpan(method, { kind: SpanKind.SERVER, attributes, parent: undefined }, async (span) => {
    await next();
    const route = routePath(c, -1);
    span?.updateName(`${method} ${route}`);
    span?.setAttributes({ 'http.route': route, 'http.response.status_code': c.res.status });
    if (c.res.status >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
  });
};
