import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Knows of each connection of a server whether an answer is being worked on there, from when its request is whole until it is written.
 * @returns cuts the connections where none is: idle ones, and those whose request is only half sent
 */
export function trackRequests(server: Server): () => void {
  const connections = new Map<Socket, ServerResponse | undefined>();
  server.on('connection', (socket: Socket) => {
    connections.set(socket, undefined);
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', ({ socket }, response) => connections.set(socket, response));
  return () => {
    for (const [socket, response] of connections) if (!isAtWork(response)) socket.destroy();
  };
}

const isAtWork = (response: ServerResponse | undefined) => response?.req.complete && !response.writableFinished;
