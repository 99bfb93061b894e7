import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as OTLP/HTTP carries it in JSON. Source: opentelemetry-proto, `trace.proto`, and the OTLP specification's JSON mapping. */
interface WireSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  attributes: { key: string; value: Record<string, string | number | boolean> }[];
  status: { code?: number };
}

interface WireRequest {
  resourceSpans: {
    resource: { attributes: WireSpan['attributes'] };
    scopeSpans: { spans: WireSpan[] }[];
  }[];
}

export interface ReceivedSpan {
  service: unknown;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  isFailed: boolean;
  attributes: Record<string, unknown>;
}

/** Takes traces as a collector does, by OTLP over HTTP in JSON. */
export async function startOtlpReceiver() {
  const spans: ReceivedSpan[] = [];
  const requests: Pick<IncomingMessage, 'url' | 'headers'>[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ url: request.url, headers: request.headers });
    const { resourceSpans } = (await json(request)) as WireRequest;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = valuesOf(resource.attributes)['service.name'];
      spans.push(...scopeSpans.flatMap((scope) => scope.spans.map((span) => read(span, service))));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    requests,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

const read = ({ traceId, spanId, parentSpanId, name, kind, status, attributes }: WireSpan, service: unknown) => ({
  service,
  traceId,
  spanId,
  parentSpanId: parentSpanId || undefined,
  name,
  kind,
  isFailed: status.code === 2,
  attributes: valuesOf(attributes),
});

const valuesOf = (attributes: WireSpan['attributes']) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
