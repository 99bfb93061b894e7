import { inSpan } from '@onrecord/shared/telemetry/tracing/spans';
import { SpanKind } from '@opentelemetry/api';

/** A request to somebody else, in a span until its answer begins. The address is named by its host alone. */
export function inRequestSpan<T>(method: 'GET' | 'POST', apiUrl: string, ask: () => Promise<T>): Promise<T> {
  const { hostname, port, protocol } = new URL(apiUrl);
  const attributes = {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  };
  return inSpan(`${method} ${hostname}`, { kind: SpanKind.CLIENT, attributes }, ask);
}
