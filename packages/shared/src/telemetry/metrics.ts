import { Hono } from 'hono';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type HttpServer, serveHttp } from '../http/serve.ts';

/** A registry with the process's own metrics and a `service` label on everything. */
export function createMetrics(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return registry;
}

export interface MetricsServerOptions {
  registry: Registry;
  port: number;
  hostname?: string | undefined;
  /** Served beside `/metrics`, for services without a port of their own. */
  routes?: Hono | undefined;
}

/** Serves `/metrics` in Prometheus' text format on its own port. @throws PortInUseError */
export function serveMetrics({ registry, port, hostname, routes }: MetricsServerOptions): Promise<HttpServer> {
  const app = new Hono();
  app.get('/metrics', async (c) => c.text(await registry.metrics(), 200, { 'content-type': registry.contentType }));
  if (routes !== undefined) app.route('/', routes);
  return serveHttp({ fetch: app.fetch, port, hostname, setting: 'METRICS_PORT' });
}
