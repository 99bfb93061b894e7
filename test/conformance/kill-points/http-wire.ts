import { type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { KillSwitch } from './kill-switch.ts';

export interface Wire {
  port: number;
  stop(): Promise<void>;
}

/** A body of more has a middle at which the process can be killed. */
const LONG_BODY_BYTES = 65_536;

/**
 * Stands between a process and an HTTP server. A request has these moments: before the server hears of it; half of a long body sent;
 * half of a long answer received; and all done at the server, with the end of its answer not received.
 * @param nameOf names a request; undefined: it has no moments
 */
export async function startHttpWire(
  target: string,
  nameOf: (incoming: IncomingMessage) => string | undefined,
  killSwitch: KillSwitch,
): Promise<Wire> {
  const server = createServer((incoming, response) => {
    const name = nameOf(incoming);
    const isDead = (moment: string) => name !== undefined && killSwitch.pass(`${name}: ${moment}`);
    if (isDead('before')) return void incoming.socket.destroy();
    const { method, url = '', headers } = incoming;
    const outgoing = request(new URL(url, target), { method, headers, agent: false });
    const breakOff = () => {
      outgoing.destroy();
      incoming.socket.destroy();
    };
    sendOn(incoming, outgoing, () => isDead('half sent') && breakOff());
    outgoing.on('response', (answered) => answerOn(answered, response, (moment) => isDead(moment) && breakOff()));
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as { port: number };
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  return { port, stop };
}

function sendOn(incoming: IncomingMessage, outgoing: ClientRequest, onHalf: () => void): void {
  const atHalf = halfway(incoming, onHalf);
  incoming.on('data', (piece: Buffer) => {
    atHalf(piece);
    if (outgoing.destroyed || outgoing.write(piece)) return;
    incoming.pause();
    outgoing.once('drain', () => incoming.resume());
  });
  incoming.on('end', () => outgoing.end());
  incoming.on('error', () => outgoing.destroy());
}

/** The last piece of the answer is held until its end has come: whoever is killed then has not seen it whole. */
function answerOn(answered: IncomingMessage, response: ServerResponse, onMoment: (moment: string) => unknown): void {
  const atHalf = halfway(answered, () => onMoment('half received'));
  let held: Buffer | undefined;
  response.writeHead(answered.statusCode ?? 502, answered.headers);
  answered.on('data', (piece: Buffer) => {
    atHalf(piece);
    if (held) response.write(held);
    held = piece;
  });
  answered.on('error', () => response.destroy());
  answered.on('end', () => {
    onMoment('done and unanswered');
    if (!response.destroyed) response.end(held);
  });
}

/** Calls `onHalf` once, when half of a long body has passed. */
function halfway({ headers }: IncomingMessage, onHalf: () => unknown): (piece: Buffer) => void {
  const length = Number(headers['content-length'] ?? 0);
  let left = length > LONG_BODY_BYTES ? length / 2 : Number.POSITIVE_INFINITY;
  return (piece) => {
    left -= piece.length;
    if (left > 0) return;
    left = Number.POSITIVE_INFINITY;
    onHalf();
  };
}
