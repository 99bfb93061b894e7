import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from './problem.ts';

/** A request that no handler ever saw, or a connection that was not taken. */
export interface HttpRefusal {
  /** What was answered; undefined where there was nobody to answer. */
  status?: number;
  reason: string;
}

/** What Node's parser raises; its `reason` is llhttp's own words. Source: Node.js, "Event: 'clientError'". */
interface ParserError extends Error {
  code?: string;
  reason?: string;
}

const ANSWERS: Readonly<Record<string, { status: number; reason: string }>> = {
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'the headers are too long' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: 'the chunk extensions are too long' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'the request took too long to arrive' },
};

/**
 * Answers what cannot be parsed, or did not arrive in time, as problem+json, and ends its connection.
 * Undefined where there is nothing to tell: the client is gone, or never sent a byte, as balancers that only probe a port do.
 */
export function refuseMalformed(error: ParserError, socket: Socket): HttpRefusal | undefined {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error);
    return undefined;
  }
  const { status, reason } = ANSWERS[error.code ?? ''] ?? { status: 400, reason: error.reason ?? error.message };
  // In the middle of an answer, another one would be taken for a part of it. Node's own handler looks at the same field.
  const { _httpMessage: answering } = socket as Socket & { _httpMessage?: { headersSent: boolean } | null };
  if (!answering?.headersSent) socket.write(rawAnswer({ status, title: reason }));
  socket.destroySoon();
  return socket.bytesRead === 0 ? undefined : { status, reason };
}

function rawAnswer(problem: Problem): string {
  const body = JSON.stringify({ type: 'about:blank', ...problem });
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}
